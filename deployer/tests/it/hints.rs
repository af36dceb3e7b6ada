//! Hints: a command in a hint can be pasted, with the flags that select the stack.

use testkit::stack::StackState;
use testkit::{Deployer, FakeStack, aws};

use crate::architecture::sources;

/// Returns a run in an account that denies every request.
fn denied() -> Deployer {
    let endpoint = testkit::http::serve(|_| aws::query_error(403, "AccessDenied", "no"));
    Deployer::on(&endpoint).file("my photos.yaml", "stack: other\n")
}

#[test]
fn a_command_in_a_hint_has_the_flags_of_the_run() {
    let ls = denied().args(["ls"]);
    let flags = ["--config", "my photos.yaml", "--region", "eu-west-1", "--stack", "photos"];
    let hint =
        "hint: run `deployer doctor --config 'my photos.yaml' --region eu-west-1 --stack photos` to list";
    ls.args(flags).fails(1).stderr_has(hint);
    // The next command reads the same variables.
    ls.env("DEPLOYER_STACK", "photos").fails(1).stderr_has("hint: run `deployer doctor` to list");
}

#[test]
fn a_fix_of_doctor_has_the_flags_of_the_run() {
    let doctor = denied().args(["doctor", "--stack", "photos"]);
    doctor.fails(1).stdout_has("fix: run `deployer doctor --stack photos` to list");
}

#[test]
fn a_missing_configuration_file_can_be_created() {
    let ls = Deployer::new().args(["ls", "--config", "my photos.yaml"]);
    ls.fails(1).stderr_has("hint: run `deployer init 'my photos.yaml'` to create it");
}

#[test]
fn a_command_in_a_hint_accepts_a_key_that_begins_with_a_hyphen() {
    let mut state = StackState::default();
    let photo = state.add_photo("-x.jpg");
    state.add_failure_record(&photo);
    let stack = FakeStack::new(state);
    let fetched = stack.deployer().args(["fetch", "--stack=photos", "--", "-x.jpg"]).fails(1);
    let fetched = fetched.stderr_has("hint: run `deployer explain --stack photos -- -x.jpg` to see");
    let command = fetched.stderr.split('`').find(|part| part.starts_with("deployer ")).unwrap();
    let script = command.replacen("deployer", "\"$DEPLOYER\"", 1);
    let pasted = stack.deployer().in_shell(&script).output().unwrap();
    assert!(pasted.status.success(), "{}", String::from_utf8_lossy(&pasted.stderr));
}

/// `init` writes a file and selects no stack, and the help of `synth` quotes a line of cdk.json.
#[test]
fn every_command_to_run_has_the_flags() {
    let sources = sources().into_iter().filter(|(path, _)| path.starts_with("deployer/src/"));
    for (path, text) in sources {
        for command in text.split("run `deployer ").skip(1) {
            let end = command.find(|c: char| !c.is_ascii_lowercase()).unwrap_or(command.len());
            let (name, rest) = command.split_at(end);
            let selects_none = matches!(name, "init" | "synth");
            assert!(selects_none || rest.starts_with('{'), "{path}: `deployer {name}` lacks the flags");
        }
    }
}
