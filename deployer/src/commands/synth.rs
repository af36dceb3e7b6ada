//! `deployer synth`: writes the stack as a cloud assembly, which the command line of the AWS CDK deploys.
//!
//! The CDK runs the command in cdk.json with CDK_OUTDIR set and expects `manifest.json` in that folder. It
//! mixes the command's stdout into its own, so nothing is printed there.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::Args;
use contract::key::Digest;
use serde_json::{Map, Value, json};

use crate::aws::Aws;
use crate::config::Config;
use crate::deploy::artifacts;
use crate::error::{CommandError, io_error};
use crate::files;
use crate::package::{self, Artifact, Profile, ProvidedZip};
use crate::template::{self, Deployment, MAX_BODY_BYTES};
use crate::ui::Ui;

/// Write a cloud assembly that the AWS CDK can deploy.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  deployer synth --out cdk.out\n  npx aws-cdk@2.1148.1 deploy   # cdk.json tells the CDK to run `deployer synth`"
)]
pub(crate) struct SynthArgs {
    /// Write the cloud assembly to this folder.
    #[arg(long, value_name = "DIR", env = "CDK_OUTDIR", hide_env_values = true, default_value = "cdk.out")]
    out: PathBuf,
    /// Use this zip file instead of building the function; repeat for each function.
    #[arg(long, value_name = "[FUNCTION=]FILE")]
    zip: Vec<ProvidedZip>,
    /// Use the roles and the bucket of `cdk bootstrap` with this qualifier instead of your own permissions.
    #[arg(long, value_name = "QUALIFIER", num_args = 0..=1, default_missing_value = "hnb659fds")]
    cdk_bootstrap: Option<String>,
    /// Create the bucket for the code of the functions if it does not exist.
    #[arg(long, conflicts_with = "cdk_bootstrap")]
    make_bucket: bool,
    /// The account to which the CDK deploys.
    #[arg(long, env = "CDK_DEFAULT_ACCOUNT", hide = true)]
    cdk_account: Option<String>,
    /// The region to which the CDK deploys.
    #[arg(long, env = "CDK_DEFAULT_REGION", hide = true)]
    cdk_region: Option<String>,
}

impl SynthArgs {
    /// Returns the account and the region, or `None` if the CDK has no credentials with which to determine them.
    fn environment(&self) -> Option<(&str, &str)> {
        self.cdk_account.as_deref().filter(|account| !account.is_empty()).zip(self.cdk_region.as_deref())
    }
}

/// The schema version of the assembly, the oldest that the CDK reads.
const SCHEMA_VERSION: &str = "36.0.0";

pub(crate) async fn synth(args: SynthArgs, config: &Config, ui: &Ui) -> Result<(), CommandError> {
    let settings = &config.settings;
    let rendered = template::render(settings)?;
    let artifacts = package::build(config, &args.zip, Profile::default(), ui).await?;
    let (account, region) = args.environment().unwrap_or(("${AWS::AccountId}", "${AWS::Region}"));
    let bucket = match &args.cdk_bootstrap {
        Some(qualifier) => format!("cdk-{qualifier}-assets-{account}-{region}"),
        None => settings.artifacts_bucket_name(account, region),
    };
    let deployment = Deployment {
        artifacts_bucket: &bucket,
        artifacts: &artifacts,
        architecture: package::architecture(config),
        region: args.environment().map(|(_, region)| region).or(settings.region.as_deref()),
    };
    let parameters = rendered.parameters(settings, &deployment);
    let mut template = rendered.value.clone();
    inline_parameters(&mut template, &parameters);
    let template = template.to_string();
    if args.cdk_bootstrap.is_none() && template.len() > MAX_BODY_BYTES {
        return Err(CommandError::failed("the template is too large to deploy without `cdk bootstrap`")
            .hint("run `cdk bootstrap`, and set `app` in cdk.json to `deployer synth --cdk-bootstrap`"));
    }
    write_assembly(&args, settings.stack.as_str(), &template, &artifacts, &bucket)?;
    if args.make_bucket {
        create_bucket(&args, config, ui).await?;
    }
    ui.note(format!("Wrote the cloud assembly of `{}` to {}", settings.stack, args.out.display()));
    Ok(())
}

fn write_assembly(
    args: &SynthArgs,
    stack: &str,
    template: &str,
    artifacts: &[Artifact],
    bucket: &str,
) -> Result<(), CommandError> {
    std::fs::create_dir_all(&args.out)
        .map_err(|error| io_error(format_args!("create the folder `{}`", args.out.display()), &error))?;
    let role = |qualifier: &str, name: &str| {
        format!(
            "arn:${{AWS::Partition}}:iam::${{AWS::AccountId}}:role/cdk-{qualifier}-{name}-role-${{AWS::AccountId}}-${{AWS::Region}}"
        )
    };
    let destination = |key: &str| {
        let mut destination = json!({ "bucketName": bucket, "objectKey": key });
        if let Some(qualifier) = &args.cdk_bootstrap {
            destination["assumeRoleArn"] = role(qualifier, "file-publishing").into();
        }
        json!({ "current": destination })
    };
    let mut files = Map::new();
    for artifact in artifacts {
        let name = format!("asset.{}.zip", artifact.digest);
        let to = args.out.join(&name);
        let zip = std::fs::read(&artifact.path)
            .map_err(|error| io_error(format_args!("read `{}`", artifact.path.display()), &error))?;
        files::write(&to, zip)?;
        let file = json!({
            "displayName": format!("function {}", artifact.function),
            "source": { "path": name, "packaging": "file" },
            "destinations": destination(&artifact.key(stack)),
        });
        files.insert(artifact.digest.clone(), file);
    }
    let template_file = format!("{stack}.template.json");
    let mut stack_properties = json!({
        "templateFile": template_file,
        "stackName": stack,
        "tags": { "managed-by": "thumbnail-generator" },
        "validateOnSynth": false,
    });
    let mut assets_properties = json!({ "file": format!("{stack}.assets.json") });
    if let Some(qualifier) = &args.cdk_bootstrap {
        let digest = Digest::of(template.as_bytes());
        let key = format!("{}.json", digest.as_str());
        files.insert(
            digest.as_str().to_owned(),
            json!({
                "displayName": format!("{stack} template"),
                "source": { "path": template_file, "packaging": "file" },
                "destinations": destination(&key),
            }),
        );
        let version = format!("/cdk-bootstrap/{qualifier}/version");
        for properties in [&mut stack_properties, &mut assets_properties] {
            properties["requiresBootstrapStackVersion"] = 6.into();
            properties["bootstrapStackVersionSsmParameter"] = version.as_str().into();
        }
        stack_properties["assumeRoleArn"] = role(qualifier, "deploy").into();
        stack_properties["cloudFormationExecutionRoleArn"] = role(qualifier, "cfn-exec").into();
        stack_properties["stackTemplateAssetObjectUrl"] = format!("s3://{bucket}/{key}").into();
        stack_properties["lookupRole"] = json!({
            "arn": role(qualifier, "lookup"),
            "requiresBootstrapStackVersion": 8,
            "bootstrapStackVersionSsmParameter": version,
        });
    }
    let (account, region) = args.environment().unwrap_or(("unknown-account", "unknown-region"));
    let assets = format!("{stack}.assets");
    let manifest = json!({
        "version": SCHEMA_VERSION,
        "artifacts": {
            assets.as_str(): { "type": "cdk:asset-manifest", "properties": assets_properties },
            stack: {
                "type": "aws:cloudformation:stack",
                "environment": format!("aws://{account}/{region}"),
                "properties": stack_properties,
                "dependencies": [assets.as_str()],
                "displayName": stack,
            },
        },
    });
    files::write(&args.out.join(&template_file), template)?;
    files::write(
        &args.out.join(format!("{assets}.json")),
        json!({ "version": SCHEMA_VERSION, "files": files }).to_string(),
    )?;
    // The CDK looks for the manifest, so it is written last.
    files::write(&args.out.join("manifest.json"), manifest.to_string())
}

/// Replaces references to parameters with their values. The CDK passes no parameters, and on a second deployment it keeps
/// the old value of each parameter even if its default changed: the functions would never get new code.
fn inline_parameters(template: &mut Value, parameters: &BTreeMap<String, String>) {
    let declared = template.as_object_mut().and_then(|template| template.remove("Parameters"));
    let mut values = BTreeMap::new();
    for (name, parameter) in declared.as_ref().and_then(Value::as_object).into_iter().flatten() {
        let default = parameter.get("Default").map(|value| match value {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        });
        values.insert(name.clone(), parameters.get(name).cloned().or(default).unwrap_or_default());
    }
    replace_references(template, &values);
}

fn replace_references(value: &mut Value, values: &BTreeMap<String, String>) {
    if let Some(replacement) =
        value.as_object().filter(|map| map.len() == 1).and_then(|map| inlined(map, values))
    {
        *value = replacement;
        return;
    }
    match value {
        Value::Object(map) => map.values_mut().for_each(|child| replace_references(child, values)),
        Value::Array(items) => items.iter_mut().for_each(|child| replace_references(child, values)),
        _ => {}
    }
}

/// Returns the replacement of a reference to a parameter, or `None` for any other value.
fn inlined(map: &Map<String, Value>, values: &BTreeMap<String, String>) -> Option<Value> {
    if let Some(target) = map.get("Ref").and_then(Value::as_str) {
        let value = values.get(target)?;
        // The account and the region in a bucket name may be known only to CloudFormation.
        return Some(if value.contains("${AWS::") {
            json!({ "Fn::Sub": value })
        } else {
            value.as_str().into()
        });
    }
    let text = map.get("Fn::Sub")?;
    let text = text.as_str().or_else(|| text.get(0)?.as_str())?;
    let replacement = values
        .iter()
        .fold(text.to_owned(), |text, (name, value)| text.replace(&format!("${{{name}}}"), value));
    let mut filled = map.clone();
    match filled.get_mut("Fn::Sub") {
        Some(Value::Array(parts)) => {
            replace_references(parts.get_mut(1)?, values);
            *parts.first_mut()? = replacement.into();
        }
        Some(whole) => *whole = replacement.into(),
        None => return None,
    }
    Some(filled.into())
}

/// Creates the bucket with the permissions of the caller. Without credentials (`cdk ls`) it does nothing.
async fn create_bucket(args: &SynthArgs, config: &Config, ui: &Ui) -> Result<(), CommandError> {
    let caller = async {
        let aws = Aws::connect(config, None, ui).await?;
        let identity = aws.identity().await?;
        Ok::<_, CommandError>((aws, identity))
    };
    let (aws, identity) = match caller.await {
        Ok(caller) => caller,
        Err(error) => {
            ui.detail(format!("skipping the bucket for the code of the functions: {error}"));
            return Ok(());
        }
    };
    let caller = (identity.account.as_str(), aws.region());
    if let Some((account, region)) = args.environment().filter(|wanted| *wanted != caller) {
        return Err(CommandError::failed(format!(
            "the CDK deploys to account {account} in {region}, but your credentials are for account {} in {}",
            caller.0, caller.1
        ))
        .hint("set AWS_PROFILE and AWS_REGION; the CDK does not pass `--profile` on to the app"));
    }
    artifacts::ensure_bucket(&aws, &identity, &config.settings, ui).await.map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reference_to_a_parameter_is_replaced_with_its_value() {
        let mut template = json!({
            "Parameters": { "Bucket": { "Type": "String" }, "Memory": { "Type": "Number", "Default": 512 } },
            "Resources": {
                "A": { "MemorySize": { "Ref": "Memory" }, "Bucket": { "Ref": "Bucket" }, "Role": { "Ref": "Role" } },
                "B": { "Fn::Sub": "arn:${AWS::Partition}:s3:::${Bucket}/${Role}" },
                "C": { "Fn::Sub": ["${Memory} of ${X}", { "X": { "Ref": "Memory" } }] },
            },
        });
        let values = BTreeMap::from([("Bucket".to_owned(), "b-${AWS::Region}".to_owned())]);
        inline_parameters(&mut template, &values);
        let expect = json!({ "Resources": {
            "A": { "MemorySize": "512", "Bucket": { "Fn::Sub": "b-${AWS::Region}" }, "Role": { "Ref": "Role" } },
            "B": { "Fn::Sub": "arn:${AWS::Partition}:s3:::b-${AWS::Region}/${Role}" },
            "C": { "Fn::Sub": ["512 of ${X}", { "X": "512" }] },
        } });
        assert_eq!(template, expect);
    }
}
