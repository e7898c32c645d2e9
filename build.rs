//! Puts together the SQL that runs after all functions exist. pgrx accepts a single literal for it,
//! so this writes the macro `after_functions!`, which passes the files to pgrx as one.

use std::path::{Path, PathBuf};
use std::{env, fs, io};

const FOLDER: &str = "sql/extension";

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed={FOLDER}");
    let folder = Path::new(FOLDER);
    let mut files = vec![folder.join("retired.sql"), folder.join("privileges.sql")];
    files.extend(sql_files(&folder.join("functions"))?);
    files.push(folder.join("create_tables.sql"));

    let mut script = String::new();
    for file in files {
        script.push_str(&format!("\n-- {}\n", file.display()));
        script.push_str(&fs::read_to_string(&file)?);
    }
    let out = env::var_os("OUT_DIR").map(PathBuf::from).ok_or(io::ErrorKind::NotFound)?;
    fs::write(
        out.join("after_functions.rs"),
        format!(
            "macro_rules! after_functions {{ () => {{ \
               ::pgrx::extension_sql!({script:?}, name = \"after_functions\", finalize); \
             }} }}"
        ),
    )
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
