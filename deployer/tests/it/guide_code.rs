//! The programs in the documents that compute URLs return the same as `contract`.

use std::process::Command;

use contract::delivery::{Address, Options, SigningKey};
use serde_json::{Value, json};

/// Keys with characters that need an encoding.
const KEYS: [&str; 14] = [
    "users/42/My avatar+1.jpg",
    "a%2Bb%252F.jpg",
    "a~b~20/c~/v1/small.webp",
    "\u{1f63a}e\u{301}\u{e9}.jpg",
    "!'()*;:@&=$,?#[]\"<>\\^`{|}.jpg",
    "\u{0}\n\u{7f}\u{202e}.jpg",
    "p/400x300/...",
    "album/",
    " ",
    "-_.a",
    "~",
    "~~7E",
    "%",
    "+",
];

/// Returns the first block in `language` of a document that contains `part`.
fn block(document: &str, language: &str, part: &str) -> String {
    let text = std::fs::read_to_string(testkit::root().join("docs").join(document)).unwrap();
    let fence = format!("```{language}\n");
    let mut blocks = text.split(&fence).skip(1).filter_map(|rest| rest.split("```").next());
    blocks.find(|block| block.contains(part)).unwrap().to_owned()
}

/// Runs a program of one language, and returns the JSON that it prints.
fn run(program: &str, flag: &str, code: &str, input: &Value) -> Value {
    let output = Command::new(program).args([flag, code]).arg(input.to_string()).output().unwrap();
    assert!(output.status.success(), "{code}: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn run_python(code: &str, input: &Value) -> Value {
    run("python3", "-c", &format!("import hmac, json, sys, urllib.parse\n{code}"), input)
}

#[test]
fn the_guide_computes_the_url_of_every_ordinary_key() {
    let base = "https://images.example";
    let expect: Vec<String> =
        KEYS.iter().map(|key| format!("{base}{}", Address::for_preset("medium", key))).collect();
    let python = block("guide/application.md", "python", "def url(");
    let print =
        format!("print(json.dumps([url('{base}', 'medium', key) for key in json.loads(sys.argv[1])]))");
    assert_eq!(run_python(&format!("{python}\n{print}"), &json!(KEYS)), json!(expect));

    let js = block("guide/application.md", "js", "const url =");
    let print = format!("JSON.parse(process.argv[1]).map((key) => url('{base}', 'medium', key))");
    if Command::new("node").arg("--version").output().is_err() {
        return testkit::report_skipped("the JavaScript of the guide", "Node.js");
    }
    let js = format!("{js}\nconsole.log(JSON.stringify({print}))");
    assert_eq!(run("node", "-e", &js, &json!(KEYS)), json!(expect));
}

#[test]
fn the_documents_sign_a_url() {
    let options = Options { dpr: Some(2), quality: Some(60), ..Options::default() };
    for options in [options, Options::default()] {
        let address = Address::for_size("400x300".parse().unwrap(), "cat.jpg", options);
        let expect = SigningKey::new("secret").sign(&address);
        let sign = block("reference/addresses.md", "python", "def sign(");
        let print = "print(json.dumps(sign('secret', json.loads(sys.argv[1]))))";
        let signed = run_python(&format!("{sign}\n{print}"), &json!(address.to_string()));
        assert_eq!(signed, json!(expect));
        if address.to_string().contains('?') {
            let guide = block("guide/application.md", "python", "signed =");
            let signed =
                run_python(&format!("secret = 'secret'\n{guide}\nprint(json.dumps(signed))"), &json!(""));
            assert_eq!(signed, json!(expect));
        }
    }
}
