//! `deployer synth`: the stack as a cloud assembly, which the AWS CDK's command line deploys.
//!
//! The CDK runs the command in cdk.json with CDK_OUTDIR set and expects `manifest.json` in that folder. It
//! mixes the command's stdout into its own, so nothing is printed there.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::Args;
use contract::key::Digest;
use serde_json::{Map, Value, json};

use crate::aws::Aws;
use crate::config::Config;
use crate::error::{CommandError, io_error};
use crate::package::{self, Artifact, GivenZip};
use crate::stack::artifacts;
use crate::stack::template::{self, Deployment, MAX_BODY_BYTES};
use crate::ui::Ui;

/// Writes the cloud assembly from which the AWS CDK deploys the stack.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  deployer synth --out cdk.out\n  npx aws-cdk@2.1148.1 deploy   # runs it, as cdk.json says"
)]
pub(crate) struct SynthArgs {
    /// The folder to write to.
    #[arg(long, value_name = "DIR", env = "CDK_OUTDIR", hide_env_values = true, default_value = "cdk.out")]
    out: PathBuf,
    /// A ready zip of a handler, instead of building it; can be given several times.
    #[arg(long, value_name = "[FUNCTION=]FILE")]
    zip: Vec<GivenZip>,
    /// Use the roles and the bucket of `cdk bootstrap` with this qualifier, instead of the caller's rights.
    #[arg(long, value_name = "QUALIFIER", num_args = 0..=1, default_missing_value = "hnb659fds")]
    cdk_bootstrap: Option<String>,
    /// Make the bucket for the handlers if it is missing, which the CDK does not do without bootstrapping.
    #[arg(long, conflicts_with = "cdk_bootstrap")]
    make_bucket: bool,
}

/// The version of the assembly's form; the CDK reads this one and all later ones of its own.
const SCHEMA: &str = "36.0.0";

pub(crate) async fn synth(args: SynthArgs, config: &Config, ui: &Ui) -> Result<(), CommandError> {
    let settings = &config.settings;
    let rendered = template::render(settings)?;
    let artifacts = package::build(config, &args.zip, ui).await?;
    let bucket = bucket(&args, config);
    let deployment = Deployment {
        artifacts_bucket: &bucket,
        artifacts: &artifacts,
        architecture: package::architecture(config),
        // The CDK may deploy elsewhere than it is told to us.
        region: settings.region.as_deref(),
    };
    let mut parameters = rendered.parameters(settings, &deployment);
    // Only CloudFormation knows the account and the region that the bucket's name holds.
    parameters.remove("ArtifactsBucketName");
    let mut template = rendered.value.clone();
    if let Some(declared) = template["Parameters"].as_object_mut() {
        declared.remove("ArtifactsBucketName");
    }
    replace_ref(&mut template, "ArtifactsBucketName", &json!({ "Fn::Sub": bucket }));
    let template = template.to_string();
    if args.cdk_bootstrap.is_none() && template.len() > MAX_BODY_BYTES {
        return Err(CommandError::failed("the template is too large to be deployed without bootstrapping")
            .hint("run `cdk bootstrap`, and `deployer synth --cdk-bootstrap` in cdk.json"));
    }
    write_assembly(&args, settings.stack.as_str(), &template, &parameters, &artifacts, &bucket)?;
    if args.make_bucket {
        make_bucket(config, ui).await?;
    }
    ui.note(format!("Wrote the cloud assembly of `{}` to {}", settings.stack, args.out.display()));
    Ok(())
}

/// The bucket's name, with the account and region as CloudFormation and the CDK fill them in.
fn bucket(args: &SynthArgs, config: &Config) -> String {
    let (account, region) = ("${AWS::AccountId}", "${AWS::Region}");
    match &args.cdk_bootstrap {
        Some(qualifier) => format!("cdk-{qualifier}-assets-{account}-{region}"),
        None => artifacts::bucket_name(config, account, region),
    }
}

fn write_assembly(
    args: &SynthArgs,
    stack: &str,
    template: &str,
    parameters: &BTreeMap<String, String>,
    artifacts: &[Artifact],
    bucket: &str,
) -> Result<(), CommandError> {
    std::fs::create_dir_all(&args.out)
        .map_err(|error| io_error(format_args!("make the folder `{}`", args.out.display()), &error))?;
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
        std::fs::copy(&artifact.path, &to)
            .map_err(|error| io_error(format_args!("write `{}`", to.display()), &error))?;
        let file = json!({
            "displayName": format!("handler {}", artifact.function),
            "source": { "path": name, "packaging": "file" },
            "destinations": destination(&artifact.key()),
        });
        files.insert(artifact.digest.clone(), file);
    }
    let template_file = format!("{stack}.template.json");
    let mut stack_properties = json!({
        "templateFile": template_file,
        "stackName": stack,
        "parameters": parameters,
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
    let assets = format!("{stack}.assets");
    let manifest = json!({
        "version": SCHEMA,
        "artifacts": {
            assets.as_str(): { "type": "cdk:asset-manifest", "properties": assets_properties },
            stack: {
                "type": "aws:cloudformation:stack",
                "environment": "aws://unknown-account/unknown-region",
                "properties": stack_properties,
                "dependencies": [assets.as_str()],
                "displayName": stack,
            },
        },
    });
    write(&args.out.join(&template_file), template)?;
    write(
        &args.out.join(format!("{assets}.json")),
        &json!({ "version": SCHEMA, "files": files }).to_string(),
    )?;
    // The manifest is what the CDK looks for, so it comes last.
    write(&args.out.join("manifest.json"), &manifest.to_string())
}

fn write(path: &Path, text: &str) -> Result<(), CommandError> {
    std::fs::write(path, text).map_err(|error| io_error(format_args!("write `{}`", path.display()), &error))
}

/// Replaces every `{"Ref": name}`.
fn replace_ref(value: &mut Value, name: &str, with: &Value) {
    match value {
        Value::Object(map) if map.len() == 1 && map.get("Ref").is_some_and(|target| target == name) => {
            *value = with.clone();
        }
        Value::Object(map) => map.values_mut().for_each(|child| replace_ref(child, name, with)),
        Value::Array(items) => items.iter_mut().for_each(|child| replace_ref(child, name, with)),
        _ => {}
    }
}

/// Makes the bucket with the caller's own rights. Without credentials (`cdk ls`) there is nothing to make yet.
async fn make_bucket(config: &Config, ui: &Ui) -> Result<(), CommandError> {
    let caller = async {
        let aws = Aws::connect(config, None).await?;
        let identity = aws.identity().await?;
        Ok::<_, CommandError>((aws, identity))
    };
    let (aws, identity) = match caller.await {
        Ok(caller) => caller,
        Err(error) => {
            ui.detail(format!("the bucket for the handlers was not looked for: {error}"));
            return Ok(());
        }
    };
    let name = artifacts::bucket_name(config, &identity.account, aws.region());
    artifacts::ensure_bucket(&aws, &identity, &name).await
}
