//! The properties of the stack that the application uses.

use std::path::{Path, PathBuf};

use serde::Deserialize;
use tokio::process::Command;

use crate::Failure;

/// The stack, as `deployer status` prints it. A deployed application would read these values from its environment.
#[derive(Deserialize)]
pub(crate) struct Stack {
    #[serde(rename = "stack")]
    pub(crate) name: String,
    pub(crate) region: String,
    /// The endpoint of all services, if that is not AWS.
    pub(crate) endpoint: Option<String>,
    /// The base URL of the pictures.
    pub(crate) delivery: Option<String>,
    pub(crate) outputs: Outputs,
}

#[derive(Deserialize)]
pub(crate) struct Outputs {
    #[serde(rename = "OriginalsBucket")]
    pub(crate) originals: String,
}

impl Stack {
    /// Finds the stack of the configuration file `config`, on this machine if `local` is set.
    pub(crate) async fn find(local: bool, config: &Path) -> Result<Self, Failure> {
        let mut command = Command::new(deployer()?);
        command.args(["status", "--output", "json", "--config"]).arg(config);
        command.args(local.then_some("--local"));
        let output = command.output().await?;
        if !output.status.success() {
            let up =
                format!("deployer --config {} up{}", config.display(), if local { " --local" } else { "" });
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            return Err(format!("there is no stack to use; run `{up}`\n{said}").into());
        }
        Ok(serde_json::from_slice(&output.stdout)?)
    }
}

/// Returns the deployer that cargo has built beside this program, or else the one on the PATH.
fn deployer() -> Result<PathBuf, Failure> {
    let beside = std::env::current_exe()?.with_file_name("deployer");
    Ok(if beside.is_file() { beside } else { PathBuf::from("deployer") })
}
