//! Checks of functions: environment, logs, and code.

use serde_json::{Value, json};

use crate::template::checks::properties;
use crate::template::model::{Model, referenced_id};

pub(crate) fn functions_get_the_variables_of_the_contract(model: &Model) -> Vec<String> {
    let contracts: [(&str, &[&str]); 4] = [
        ("DeliveryFunction", &contract::settings::DeliverySettings::VARIABLES),
        ("AltTextFunction", &contract::settings::AltTextSettings::VARIABLES),
        ("ThumbnailFunction", &contract::settings::ThumbnailSettings::VARIABLES),
        ("FailoverFunction", &contract::settings::FailoverSettings::VARIABLES),
    ];
    let mut wrong = Vec::new();
    for (id, body) in model.resources("AWS::Lambda::Function") {
        let expect =
            contracts.iter().find(|(function, _)| *function == id).map_or(&[][..], |(_, names)| *names);
        let variables =
            body["Properties"]["Environment"]["Variables"].as_object().cloned().unwrap_or_default();
        // The queue of the alt-text function and the key that signs URLs, if they exist.
        let optional = [
            (
                contract::settings::ALT_TEXT_QUEUE,
                "AltTextFunction",
                ["ThumbnailFunction", "FailoverFunction"],
            ),
            (contract::settings::DELIVERY_SECRET, "DeliverySigningKey", ["DeliveryFunction"; 2]),
            (contract::settings::DELIVERY_ADDRESS, "DeliveryDistribution", ["ThumbnailFunction"; 2]),
        ];
        for (variable, of, readers) in optional {
            let history = readers.contains(&id) && !properties(model, of).is_null();
            if history != variables.contains_key(variable) {
                wrong.push(format!("{id} has {variable} without {of}, or the reverse"));
            }
        }
        let event_stack = contract::settings::EVENT_STACK;
        let sends = &properties(model, "ThumbnailFunction")["Environment"]["Variables"][event_stack];
        if id != "DeliveryFunction" && variables.get(event_stack).unwrap_or(&Value::Null) != sends {
            wrong.push(format!("{id} and the thumbnail function have different values of EVENT_STACK"));
        }
        // The part without parameters that disables the name index.
        let name_index = contract::settings::NAME_INDEX;
        let is_disabled = id == "ThumbnailFunction" && variables.get(name_index) == Some(&json!("disabled"));
        if variables.contains_key(name_index) != (is_disabled && model.name.ends_with("no-name-index")) {
            wrong.push(format!("{id} has {name_index}, but the template does not disable the index"));
        }
        // glibc reads it.
        let heaps = "MALLOC_ARENA_MAX";
        let renders = ["ThumbnailFunction", "DeliveryFunction"].contains(&id);
        if variables.get(heaps) != renders.then_some(&json!("1")) {
            wrong.push(format!("{id} renders and has several heaps, or does neither"));
        }
        let others = [
            heaps,
            name_index,
            contract::settings::ALT_TEXT_QUEUE,
            contract::settings::DELIVERY_ADDRESS,
            event_stack,
        ];
        let unknown = variables
            .keys()
            .filter(|name| !expect.contains(&name.as_str()) && !others.contains(&name.as_str()));
        wrong.extend(unknown.map(|name| format!("{id} has {name}, which it does not read")));
        let is_optional = |name: &str| optional.iter().any(|(variable, ..)| name == *variable);
        let unset = expect.iter().filter(|name| !variables.contains_key(**name) && !is_optional(name));
        wrong.extend(unset.map(|name| format!("{id} lacks {name}")));
        let is_literal = |value: &Value| referenced_id(value).is_none() && value["Fn::If"].is_null();
        let has_fixed_value = |name: &str| [heaps, name_index].contains(&name);
        let literal = variables.iter().filter(|(name, value)| is_literal(value) && !has_fixed_value(name));
        wrong.extend(literal.map(|(name, _)| format!("{id} has a fixed value for {name}")));
    }
    wrong
}

pub(crate) fn logs_expire(model: &Model) -> Vec<String> {
    let mut wrong = Vec::new();
    for (id, body) in model.resources("AWS::Logs::LogGroup") {
        if model.numbers(&body["Properties"]["RetentionInDays"]).is_empty() {
            wrong.push(format!("{id} never expires"));
        }
    }
    for (id, body) in model.resources("AWS::Lambda::Function") {
        let group = referenced_id(&body["Properties"]["LoggingConfig"]["LogGroup"]);
        if group.is_none_or(|group| properties(model, group).is_null()) {
            wrong.push(format!("{id} writes to a log group that the template does not contain"));
        }
    }
    wrong
}

pub(crate) fn functions_run_the_code_in_the_parameters(model: &Model) -> Vec<String> {
    let mut wrong = Vec::new();
    for (id, body) in model.resources("AWS::Lambda::Function") {
        let function = &body["Properties"];
        let key = format!("{}CodeKey", id.trim_end_matches("Function"));
        let code = json!({ "S3Bucket": { "Ref": "ArtifactsBucketName" }, "S3Key": { "Ref": key } });
        if function["Code"] != code
            || function["Handler"] != "bootstrap"
            || function["Runtime"] != "provided.al2023"
        {
            wrong.push(format!("{id} does not run the code in its parameter"));
        }
        if !model.parameter(&key)["Default"].is_null() {
            wrong.push(format!("{key} has a default value"));
        }
    }
    wrong
}
