//! Hints for common causes of failed stack operations, which `causes.yaml` lists.

use serde::Deserialize;

/// A cause. It matches a message of AWS that contains all of its words, compared in lower case.
#[derive(Deserialize)]
struct Cause {
    /// The prefix of the resource type; empty for any type.
    #[serde(default, rename = "type")]
    resource_type: String,
    /// Texts that the message contains, in lower case.
    words: Vec<String>,
    /// The hint. `{action}` is replaced with the denied action.
    hint: String,
}

/// A list of [`Cause`]s, in the order in which they apply.
const CAUSES: &str = include_str!("causes.yaml");

/// Returns the hint for a resource of this type that failed for this reason, or `None` if the cause is not known.
pub(crate) fn hint_for(resource_type: &str, reason: &str) -> Option<String> {
    let reason_in_lower_case = reason.to_lowercase();
    let matches = |cause: &Cause| {
        resource_type.starts_with(&cause.resource_type)
            && cause.words.iter().all(|words| reason_in_lower_case.contains(words))
    };
    // A test parses the list, so parsing cannot fail here.
    let causes: Vec<Cause> = serde_yaml::from_str(CAUSES).ok()?;
    let cause = causes.into_iter().find(matches)?;
    let action =
        denied_action(reason).map_or_else(|| "this action".to_owned(), |action| format!("`{action}`"));
    Some(cause.hint.replace("`{action}`", &action))
}

/// Returns the action in "is not authorized to perform: s3:PutObject on resource: ...".
fn denied_action(reason: &str) -> Option<&str> {
    let (_, after) = reason.split_once("authorized to perform")?;
    let action = after.trim_start_matches([':', ' ']).split([' ', ',', ')']).next()?;
    action.contains(':').then_some(action.trim_end_matches('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The fields of a cause that are only for readers of the list.
    #[derive(Deserialize)]
    struct Example {
        message: String,
        on: String,
        hint: String,
    }

    #[test]
    fn each_cause_matches_its_own_message() {
        let examples: Vec<Example> = serde_yaml::from_str(CAUSES).unwrap();
        assert!(serde_yaml::from_str::<Vec<Cause>>(CAUSES).unwrap().len() == examples.len());
        for Example { message, on, hint: expected } in examples {
            let hint = hint_for(&on, &message).unwrap_or_default();
            let (before, after) = expected.split_once("`{action}`").unwrap_or((&expected, ""));
            assert!(hint.starts_with(before) && hint.ends_with(after), "{message}\n  has {hint:?}");
        }
        assert_eq!(hint_for("AWS::SQS::Queue", "something new"), None);
    }

    #[test]
    fn a_hint_names_the_denied_action() {
        let reason = "User: arn:aws:iam::1:user/me is not authorized to perform: iam:CreateRole on resource: arn:aws:iam::1:role/x";
        let hint = hint_for("AWS::IAM::Role", reason).unwrap();
        assert!(hint.contains("`iam:CreateRole`"), "{hint}");
        let hint = hint_for("AWS::S3::Bucket", "Denied by a service control policy").unwrap();
        assert!(hint.contains("denies this action:"), "{hint}");
    }
}
