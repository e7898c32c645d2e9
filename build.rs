//! Puts together the SQL that runs after all functions exist. pgrx accepts a single literal for it,
//! so this writes the macro `after_functions!`, which passes the files to pgrx as one. Also lists
//! the topics of help(): the SQL files of a domain, and what they create or comment on.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

const FOLDER: &str = "sql/extension";
const SCHEMA_FOLDER: &str = "sql/schema";

/// Printed as a slice.
struct Names(Vec<String>);

impl std::fmt::Debug for Names {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        write!(f, "&{:?}", self.0)
    }
}

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed={FOLDER}");
    println!("cargo::rerun-if-changed={SCHEMA_FOLDER}");
    let folder = Path::new(FOLDER);
    let mut rights = vec![folder.join("privileges.sql")];
    rights.extend(sql_files(&folder.join("functions"))?);
    let rights = concatenate(&rights)?;
    let before = concatenate(&[folder.join("retired.sql")])?;
    let after = concatenate(&[folder.join("create_tables.sql")])?;
    let script = format!("{before}{rights}{after}");

    let out = env::var_os("OUT_DIR").map(PathBuf::from).ok_or(io::ErrorKind::NotFound)?;
    // install() runs them again.
    fs::write(out.join("function_rights.sql"), rights)?;
    fs::write(out.join("help_topics.rs"), format!("&{:?}", help_topics(folder)?))?;
    fs::write(
        out.join("after_functions.rs"),
        format!(
            "macro_rules! after_functions {{ () => {{ \
               ::pgrx::extension_sql!({script:?}, name = \"after_functions\", finalize); \
             }} }}"
        ),
    )
}

/// Each topic with what it is about and the names of its functions, tables and views.
fn help_topics(folder: &Path) -> io::Result<Vec<(String, String, Names)>> {
    let mut topics: BTreeMap<String, (String, Vec<String>)> = BTreeMap::new();
    let files = [sql_files(&folder.join("functions"))?, sql_files(Path::new(SCHEMA_FOLDER))?];
    for file in files.concat() {
        let text = fs::read_to_string(&file)?;
        let topic = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let (_, names) = topics.entry(topic).or_insert_with(|| (first_sentence(&text), vec![]));
        names.extend(text.lines().filter_map(documented_name).map(str::to_owned));
    }
    let topics = topics.into_iter().filter(|(_, (_, names))| !names.is_empty());
    Ok(topics.map(|(topic, (about, names))| (topic, about, Names(names))).collect())
}

/// The function that a line comments on, or the table or view that it creates.
fn documented_name(line: &str) -> Option<&str> {
    let starts = ["comment on function ", "create table ", "create view "];
    let rest =
        starts.iter().find_map(|start| line.strip_prefix(start))?.strip_prefix("helpdesk.")?;
    let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len());
    Some(&rest[..end])
}

/// Of the comment at the top of a file.
fn first_sentence(text: &str) -> String {
    let lines = text.lines().map_while(|line| line.strip_prefix("-- "));
    let comment = lines.collect::<Vec<_>>().join(" ");
    comment.split_once(". ").map_or(comment.clone(), |(first, _)| format!("{first}."))
}

fn concatenate(files: &[PathBuf]) -> io::Result<String> {
    let mut script = String::new();
    for file in files {
        script.push_str(&format!("\n-- {}\n", file.display()));
        script.push_str(&fs::read_to_string(file)?);
    }
    Ok(script)
}

/// The SQL files of a folder in alphabetical order.
fn sql_files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = fs::read_dir(folder)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<io::Result<Vec<_>>>()?;
    files.retain(|file| file.extension().is_some_and(|extension| extension == "sql"));
    files.sort();
    Ok(files)
}
