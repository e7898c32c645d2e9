//! Prints the script that CREATE EXTENSION runs. pgrx has put what it needs into a section of the
//! library. `cargo pgrx schema` prints the same, but building cargo-pgrx takes minutes.
//! Usage: install-script LIBRARY CONTROL_FILE VERSION

use std::{env, fs};

use eyre::{ContextCompat, Result, WrapErr, bail};
use object::{Object, ObjectSection};
use pgrx_sql_entity_graph::section::{decode_entities, is_schema_section_name};
use pgrx_sql_entity_graph::{ControlFile, PgrxSql, SqlGraphEntity};

fn main() -> Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [library, control, version] = arguments.as_slice() else {
        bail!("usage: install-script LIBRARY CONTROL_FILE VERSION");
    };
    let library = fs::read(library).wrap_err("the library cannot be read")?;
    let control = ControlFile::from_path_with_cargo_version(control, version)?;
    let object = object::File::parse(library.as_slice())?;
    let section = object
        .sections()
        .find(|section| section.name().is_ok_and(is_schema_section_name))
        .wrap_err("the library has no section of pgrx")?;

    let mut entities = vec![SqlGraphEntity::ExtensionRoot(control)];
    entities.extend(decode_entities(section.data()?)?);
    // The control file names the library without its version.
    let is_library_versioned = false;
    let script = PgrxSql::build(entities.into_iter(), "helpdesk".to_owned(), is_library_versioned)?;
    print!("{}", script.to_sql()?);
    Ok(())
}
