//! No two files of a crate import each other, directly or through others.

use std::collections::{BTreeMap, BTreeSet};

use crate::architecture::sources;

/// The crates whose files are examined.
const CRATES: [&str; 8] =
    ["contract", "deployer", "estimate", "examples/photo-wall", "handler", "imaging", "protocol", "testkit"];

/// The allowed circle: `cli.rs` lists the commands, and `commands/mod.rs` runs them.
const ALLOWED: [(&str, &str, &str); 1] = [("deployer", "commands", "cli")];

/// Returns the module of a file: `transfer::download` for `transfer/download.rs`.
fn module_of(path: &str) -> String {
    let path = path.trim_end_matches(".rs");
    path.strip_suffix("/mod").unwrap_or(path).replace('/', "::")
}

/// Returns the paths in a `use` tree: `a::b` and `a::c::d` for `a::{b, c::d}`.
fn paths(tree: &str) -> Vec<String> {
    let Some((prefix, rest)) = tree.split_once('{') else { return vec![tree.trim().to_owned()] };
    let inner = rest.rsplit_once('}').map_or(rest, |(inner, _)| inner);
    let (mut parts, mut depth, mut part) = (Vec::new(), 0, String::new());
    for c in inner.chars() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(std::mem::take(&mut part));
                continue;
            }
            _ => {}
        }
        part.push(c);
    }
    parts.push(part);
    let whole = |part: String| paths(&part).into_iter().map(|path| format!("{}{path}", prefix.trim()));
    parts.into_iter().filter(|part| !part.trim().is_empty()).flat_map(whole).collect()
}

/// Returns the modules of `known` that the file of `module` with `text` imports outside tests.
fn imports(module: &str, text: &str, known: &BTreeSet<String>) -> BTreeSet<String> {
    let code = text.split("#[cfg(test)]").next().unwrap_or_default();
    let parent = module.rsplit_once("::").map_or("", |(parent, _)| parent);
    let mut found = BTreeSet::new();
    let uses = code.split("use ").skip(1).filter_map(|rest| rest.split(';').next());
    let inline = code.split("crate::").skip(1).map(|rest| {
        let end =
            rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != ':').unwrap_or(rest.len());
        format!("crate::{}", &rest[..end])
    });
    for path in uses.flat_map(paths).chain(inline) {
        let path = match path.strip_prefix("super::") {
            Some(rest) if parent.is_empty() => rest.to_owned(),
            Some(rest) => format!("{parent}::{rest}"),
            None => match path.strip_prefix("crate::") {
                Some(rest) => rest.to_owned(),
                None => continue,
            },
        };
        let mut candidate = path.as_str();
        while !known.contains(candidate) {
            candidate = candidate.rsplit_once("::").map_or("", |(shorter, _)| shorter);
            if candidate.is_empty() {
                break;
            }
        }
        if !candidate.is_empty() && candidate != module {
            found.insert(candidate.to_owned());
        }
    }
    found
}

/// Returns a circle that can be reached from `module`, or `None`.
fn circle<'a>(
    module: &'a str,
    graph: &'a BTreeMap<String, BTreeSet<String>>,
    way: &mut Vec<&'a str>,
    finished: &mut BTreeSet<&'a str>,
) -> Option<String> {
    if let Some(begin) = way.iter().position(|step| *step == module) {
        return Some([&way[begin..], &[module]].concat().join(" -> "));
    }
    if finished.contains(module) {
        return None;
    }
    way.push(module);
    let found = graph[module].iter().find_map(|next| circle(next, graph, way, finished));
    way.pop();
    finished.insert(module);
    found
}

#[test]
fn no_files_of_a_crate_import_each_other_in_a_circle() {
    let sources = sources();
    for name in CRATES {
        let prefix = format!("{name}/src/");
        let files: Vec<(String, &str)> = sources
            .iter()
            .filter_map(|(path, text)| Some((module_of(path.strip_prefix(&prefix)?), text.as_str())))
            .collect();
        let known: BTreeSet<String> = files.iter().map(|(module, _)| module.clone()).collect();
        let mut graph = BTreeMap::new();
        for (module, text) in &files {
            let mut imports = imports(module, text, &known);
            imports.retain(|import| !ALLOWED.contains(&(name, module.as_str(), import.as_str())));
            graph.insert(module.clone(), imports);
        }
        assert!(!graph.is_empty(), "{name} has no files");
        let mut finished = BTreeSet::new();
        for module in graph.keys() {
            let found = circle(module, &graph, &mut Vec::new(), &mut finished);
            assert_eq!(found, None, "{name}");
        }
    }
}
