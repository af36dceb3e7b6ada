//! The JSON schemas of the events in `docs/events`, which are generated from the types of `contract`.
//! `UPDATE_SCHEMAS=1` writes them.

use contract::outcome_event::{
    AltTextReady, DETAIL_TYPES, FailureDetail, SCHEMA, SOURCE, ThumbnailsReady, ThumbnailsRemoved,
};
use schemars::{Schema, schema_for};
use serde_json::{Value, json};

/// Returns the schemas of the details, in the order of [`DETAIL_TYPES`].
fn schemas() -> [Schema; 5] {
    [
        schema_for!(ThumbnailsReady),
        schema_for!(FailureDetail),
        schema_for!(ThumbnailsRemoved),
        schema_for!(AltTextReady),
        schema_for!(FailureDetail),
    ]
}

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "the developer who runs the test decides whether it writes files"
)]
fn the_schemas_in_the_documentation_are_generated_from_the_events() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/events");
    for (name, schema) in DETAIL_TYPES.into_iter().zip(schemas()) {
        let file = format!("{folder}/{}.json", name.to_lowercase().replace(' ', "-"));
        let mut schema = Value::from(schema);
        schema["title"] = name.into();
        schema["description"] =
            format!("The detail of the event `{name}` of the source `{SOURCE}`, version {SCHEMA}.").into();
        schema["properties"]["schema"] =
            json!({"description": "The version of this schema.", "const": SCHEMA});
        let text = serde_json::to_string_pretty(&schema).unwrap() + "\n";
        if std::env::var_os("UPDATE_SCHEMAS").is_some() {
            std::fs::write(&file, &text).unwrap();
        }
        let there = std::fs::read_to_string(&file).unwrap_or_default();
        assert_eq!(there, text, "{file}: run `UPDATE_SCHEMAS=1 cargo test --workspace --test it -- schemas`");
    }
}
