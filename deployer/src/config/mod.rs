//! The configuration: flags > environment variables > deployer.yaml > defaults, merged once into one value.
//!
//! In deployer.yaml, an environment (`-e staging`) overrides the rest of the file.

mod delivery;
mod file;
mod settings;

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use serde::Serialize;

#[cfg(test)]
pub(crate) use self::delivery::DeliverySettings;
use self::file::Document;
pub(crate) use self::file::{FILE_NAME, SCHEMA_NAME, schema};
#[cfg(test)]
pub(crate) use self::settings::{AlertSettings, AltTextSettings};
pub(crate) use self::settings::{Architecture, CONCURRENCY, Events, Settings};
use crate::error::{CommandError, io_error, shell_quote};

/// The variables that name a proxy.
const PROXY_VARIABLES: [&str; 6] =
    ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"];

/// The variables that list the hosts that need no proxy; the first takes precedence.
const NO_PROXY_VARIABLES: [&str; 2] = ["NO_PROXY", "no_proxy"];

/// The variables that name a file of certificates; the first takes precedence.
const CERTIFICATE_VARIABLES: [&str; 2] = ["AWS_CA_BUNDLE", "SSL_CERT_FILE"];

/// The variable in which AWS tools look for the name of a profile.
const PROFILE_VARIABLE: &str = "AWS_PROFILE";

/// The merged configuration.
#[derive(Clone, Debug)]
pub(crate) struct Config {
    /// The configuration file, if there is one.
    pub(crate) file: Option<PathBuf>,
    /// The folder of the configuration file, or the current folder. A local stack belongs to this folder.
    pub(crate) project: PathBuf,
    /// Whether the stack is on this machine.
    pub(crate) local: bool,
    /// The settings of the file, overridden by flags and variables.
    pub(crate) settings: Settings,
    overrides: Overrides,
    document: Document,
}

/// A value from outside the file.
#[derive(Clone, Debug)]
pub(crate) struct Override<T> {
    pub(crate) value: T,
    pub(crate) origin: Origin,
}

/// Where a value comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Origin {
    /// A flag: `--region`.
    Flag(&'static str),
    /// An environment variable: `DEPLOYER_REGION`.
    Variable(&'static str),
    /// An environment in the configuration file, by its name.
    Environment(String),
    /// The configuration file.
    File,
    /// The default.
    Default,
}

/// The values of flags and environment variables; see [`Config::load`].
#[derive(Clone, Debug, Default)]
pub(crate) struct Overrides {
    pub(crate) config: Option<Override<PathBuf>>,
    pub(crate) environment: Option<Override<String>>,
    pub(crate) profile: Option<Override<String>>,
    pub(crate) region: Option<Override<String>>,
    pub(crate) stack: Option<Override<String>>,
    pub(crate) local: Option<Override<bool>>,
}

/// Returns the region that an AWS variable names, and the name of that variable. It applies if neither a flag nor the
/// configuration names a region.
#[expect(clippy::disallowed_methods, reason = "the configuration reads the environment")]
pub(crate) fn region_from_environment() -> Option<(String, &'static str)> {
    let named =
        |variable| Some((std::env::var(variable).ok().filter(|region| !region.is_empty())?, variable));
    ["AWS_REGION", "AWS_DEFAULT_REGION"].into_iter().find_map(named)
}

/// The environment variables that affect the connection to AWS.
#[derive(Debug)]
pub(crate) struct ConnectionVariables(Vec<(String, String)>);

impl ConnectionVariables {
    /// Reads the variables. An empty variable is treated as unset, except an endpoint: the SDK reads it itself.
    pub(crate) fn read() -> Self {
        let is_relevant = |name: &str, value: &str| {
            let is_other = PROXY_VARIABLES.contains(&name)
                || NO_PROXY_VARIABLES.contains(&name)
                || CERTIFICATE_VARIABLES.contains(&name)
                || name == PROFILE_VARIABLE;
            name.starts_with("AWS_ENDPOINT_URL") || is_other && !value.is_empty()
        };
        let text =
            |(name, value): (OsString, OsString)| Some((name.into_string().ok()?, value.into_string().ok()?));
        let mut variables: Vec<_> =
            std::env::vars_os().filter_map(text).filter(|(name, value)| is_relevant(name, value)).collect();
        variables.sort_unstable();
        Self(variables)
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    fn values_of<'a>(&'a self, names: &'a [&'static str]) -> impl Iterator<Item = (&'static str, &'a str)> {
        names.iter().filter_map(|name| Some((*name, self.get(name)?)))
    }

    /// Returns the endpoints with the names of their variables.
    pub(crate) fn endpoints(&self) -> impl Iterator<Item = (&str, &str)> {
        let endpoints = self.0.iter().filter(|(name, _)| name.starts_with("AWS_ENDPOINT_URL"));
        endpoints.map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Returns the addresses of proxies with the names of their variables.
    pub(crate) fn proxies(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.values_of(&PROXY_VARIABLES)
    }

    /// Returns whether all hosts bypass the proxies.
    pub(crate) fn needs_no_proxy(&self) -> bool {
        let exceptions = self.values_of(&NO_PROXY_VARIABLES).next().map_or("", |(_, hosts)| hosts);
        exceptions.split(',').any(|host| host.trim() == "*")
    }

    /// Returns the file with the trusted certificates, and the variable that names it.
    pub(crate) fn certificates(&self) -> Option<(&'static str, &str)> {
        self.values_of(&CERTIFICATE_VARIABLES).next()
    }

    /// Returns the profile that applies if neither a flag nor the configuration names one.
    pub(crate) fn profile(&self) -> Option<&str> {
        self.get(PROFILE_VARIABLE)
    }
}

impl Config {
    /// Merges, in order of precedence, flags and variables, the environment, the file, and the defaults.
    pub(crate) fn load(overrides: Overrides) -> Result<Self, CommandError> {
        let here = std::env::current_dir().map_err(|error| io_error("find the current folder", &error))?;
        let file = match &overrides.config {
            Some(path) => Some(path.value.clone()),
            None => here.ancestors().map(|folder| folder.join(FILE_NAME)).find(|path| path.is_file()),
        };
        let environment = overrides.environment.as_ref().map(|given| given.value.as_str());
        let document = Document::read(file.as_deref(), environment)?;
        let mut settings = document.settings()?;
        if let Some(given) = &overrides.stack {
            settings.stack.clone_from(&given.value);
        }
        if let Some(given) = &overrides.region {
            settings.region = Some(given.value.clone());
        }
        if let Some(given) = &overrides.profile {
            settings.profile = Some(given.value.clone());
        }
        settings.check()?;
        let project = file.as_deref().and_then(Path::parent).map_or(here.clone(), |dir| here.join(dir));
        let local = overrides.local.as_ref().is_some_and(|given| given.value);
        Ok(Self { file, project, local, settings, overrides, document })
    }

    /// Returns the environment in use, or `None`.
    pub(crate) fn environment(&self) -> Option<&Override<String>> {
        self.overrides.environment.as_ref()
    }

    /// Returns the origin of `--local`.
    pub(crate) fn local_origin(&self) -> Origin {
        self.overrides.local.as_ref().map_or(Origin::Default, |given| given.origin.clone())
    }

    /// Returns the origin of the setting at `path` (`["function", "memory"]`).
    pub(crate) fn origin(&self, path: &[&str]) -> Origin {
        let given = match path {
            ["stack"] => &self.overrides.stack,
            ["region"] => &self.overrides.region,
            ["profile"] => &self.overrides.profile,
            _ => &None,
        };
        given.as_ref().map_or_else(|| self.document.origin(path), |given| given.origin.clone())
    }

    /// Returns the flags for another command on the same stack.
    pub(crate) fn flags(&self) -> String {
        self.overrides.flags()
    }
}

impl Overrides {
    /// Adds `--local`, unless a local stack is already selected.
    pub(crate) fn into_local(mut self) -> Self {
        if !self.local.as_ref().is_some_and(|given| given.value) {
            self.local = Some(Override { value: true, origin: Origin::Flag("--local") });
        }
        self
    }

    /// Returns the flags for another command on the same stack: ` --local --stack x`. Environment variables need no flag,
    /// since the other command reads them, too.
    pub(crate) fn flags(&self) -> String {
        let config = self.config.as_ref().map(|path| (path.value.display().to_string(), &path.origin));
        let texts = [&self.environment, &self.profile, &self.region, &self.stack]
            .into_iter()
            .flatten()
            .map(|given| (given.value.clone(), &given.origin));
        let mut flags = String::new();
        if let Some(Override { value: true, origin: Origin::Flag(name) }) = &self.local {
            flags.push_str(&format!(" {name}"));
        }
        for (value, origin) in config.into_iter().chain(texts) {
            if let Origin::Flag(name) = origin {
                let separator = if value.starts_with('-') { '=' } else { ' ' };
                flags.push_str(&format!(" {name}{separator}{}", shell_quote(&value)));
            }
        }
        flags
    }
}
