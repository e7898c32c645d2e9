//! Puts together the SQL that runs after all functions exist. pgrx accepts a single literal for it,
//! so this writes the macro `after_functions!`, which passes the files to pgrx as one.

use std::path::{Path, PathBuf};
use std::{env, fs, io};

const FOLDER: &str = "sql/extension";

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed={FOLDER}");
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
    fs::write(
        out.join("after_functions.rs"),
        format!(
            "macro_rules! after_functions {{ () => {{ \
               ::pgrx::extension_sql!({script:?}, name = \"after_functions\", finalize); \
             }} }}"
        ),
    )
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
