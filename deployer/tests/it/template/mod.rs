//! Checks of the templates: every combination of parts passes every check, and at least one check detects each of many
//! one-line mutations.

mod alarms;
mod checks;
mod delivery;
mod functions;
pub(crate) mod model;
mod mutations;
mod roles;
mod sqs;

use contract::preset::Preset;

use crate::template::checks::CHECKS;
use crate::template::model::Model;

fn findings(model: &Model) -> Vec<(&'static str, Vec<String>)> {
    let run = CHECKS.iter().map(|(name, check)| (*name, check(model)));
    run.filter(|(_, wrong)| !wrong.is_empty()).collect()
}

#[test]
fn every_combination_of_parts_passes_every_check() {
    for model in Model::all() {
        assert_eq!(findings(model), [], "{}", model.name);
    }
}

#[test]
fn every_mutation_is_detected() {
    // Check the template with every optional part, and without any.
    let [whole, least] = [Model::with_all_parts(), Model::without_optional_parts()];
    let mut undetected = Vec::new();
    for (what, path, value) in mutations::all() {
        for model in [&whole, &least] {
            let mut model = model.clone();
            if !mutations::apply(&mut model.value, path, value.clone()) {
                assert_eq!(model.name, least.name, "{what}: no {path}");
                continue;
            }
            let found = findings(&model);
            if found.is_empty() {
                undetected.push(format!("{what} ({})", model.name));
            }
            // `--nocapture` shows this output.
            let by: Vec<&str> = found.iter().map(|(check, _)| *check).collect();
            eprint(&format!("{what} ({}): {}", model.name, by.join("; ")));
        }
    }
    assert!(undetected.is_empty(), "undetected mutations: {undetected:#?}");
}

#[allow(clippy::print_stderr, reason = "a test's own output, shown only with `--nocapture`")]
fn eprint(line: &str) {
    eprintln!("{line}");
}

#[test]
fn the_template_omits_metadata_and_fits_in_a_request_without_delivery() {
    for model in Model::all() {
        let bytes = model.value.to_string().len();
        // A larger template is stored in the artifacts bucket.
        let most = if model.value["Resources"]["DeliveryFunction"].is_null() { 51_200 } else { 1_000_000 };
        assert!(bytes <= most, "{}: {bytes} bytes", model.name);
        let resources = model.value["Resources"].as_object().unwrap();
        let noted: Vec<_> = resources.iter().filter(|(_, body)| body.get("Metadata").is_some()).collect();
        assert!(noted.is_empty(), "{}: {noted:?}", model.name);
    }
}

#[test]
fn service_principals_are_valid_in_every_partition() {
    // https://github.com/aws/aws-cdk/blob/main/packages/aws-cdk-lib/region-info/lib/default.ts: of our services, only
    // Logs has another name in China.
    for statement in Model::with_all_parts().resource_statements() {
        for service in statement.services() {
            assert!(!service.contains("AWS::Region") || service.ends_with("AWS::URLSuffix"), "{service}");
        }
    }
}

#[test]
fn every_extended_resource_exists() {
    let whole = Model::with_all_parts();
    for (part, _) in model::OPTIONAL {
        let part_content = model::read(part);
        let extends = part_content.get("Metadata").and_then(|metadata| metadata.get("Extends")?.as_mapping());
        for resource in extends.into_iter().flat_map(|extends| extends.keys()).filter_map(|key| key.as_str())
        {
            assert!(whole.value["Resources"][resource].is_object(), "{part}: {resource}");
        }
    }
}

#[test]
fn the_default_presets_are_those_of_contract() {
    let core = model::read("core");
    let presets = core["Parameters"]["Presets"]["Default"].as_str().unwrap();
    assert_eq!(serde_json::from_str::<Vec<Preset>>(presets).unwrap(), Preset::defaults());
}
