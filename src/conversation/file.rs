//! A file that is attached to a ticket, alone or with a comment: checked, and inserted.

use pgrx::Uuid;
use serde::Deserialize;

use super::storage::{MAX_STORAGE_PATH, is_relative_path};
use crate::platform::datum::JsonbText;
use crate::platform::error::{self, Result};
use crate::platform::json::input::{self, Integer};
#[cfg(test)]
use crate::platform::json::schema::Api;
use crate::platform::statement;
use crate::platform::text::{check_label, check_text};

const MAX_FILE_NAME: usize = 255;

const INSERT_ATTACHMENT: &str = "
    insert into helpdesk.ticket_attachments
           (org_id, id, ticket_id, comment_id, file_name, file_type, file_size, storage_path,
            is_internal, uploaded_by)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";

const FILE_KEYS: &[(&str, &str)] = &[
    ("fileName", "1 to 255 characters in one line"),
    ("fileType", "a media type such as image/png; empty if it is unknown"),
    ("fileSize", "the size in bytes, 0 or more"),
    ("storagePath", "a relative path in storage"),
];

/// A file in storage, as a caller describes it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", expecting = "an object")]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "NewAttachment"))]
pub(super) struct File {
    pub(super) file_name: String,
    pub(super) file_type: String,
    pub(super) file_size: Integer,
    pub(super) storage_path: String,
}

#[cfg(test)]
pub(super) fn describe(api: &mut Api) {
    api.argument::<Vec<File>>("add_comment", "p_attachments");
    api.describe_keys("NewAttachment", FILE_KEYS);
}

/// What the caller calls name, type, size and path of a file.
type Names<'a> = [&'a str; 4];

/// Where an attachment belongs.
pub(super) struct Place {
    pub(super) org: Uuid,
    pub(super) ticket: Uuid,
    pub(super) comment: Option<Uuid>,
    pub(super) is_internal: bool,
    pub(super) uploader: Uuid,
}

impl File {
    /// The files of `p_attachments`, checked.
    pub(super) fn parse_list(files: &JsonbText) -> Result<Vec<File>> {
        const ARGUMENT: &str = "p_attachments";
        let files: Vec<File> = input::parse_list(ARGUMENT, files.text(ARGUMENT)?, FILE_KEYS)?;
        for (position, file) in files.iter().enumerate() {
            let name = |key: &str| format!("{ARGUMENT}[{position}].{key}");
            let names = FILE_KEYS.iter().map(|(key, _)| name(key)).collect::<Vec<_>>();
            if let [file_name, file_type, size, path] = names.as_slice() {
                file.check([file_name, file_type, size, path])?;
            }
        }
        Ok(files)
    }

    /// Errors, with the caller's names, unless the file can be attached.
    pub(super) fn check(&self, [name, kind, size, path]: Names) -> Result<()> {
        check_label(name, &self.file_name, MAX_FILE_NAME)?;
        if !self.file_type.is_empty() {
            check_label(kind, &self.file_type, MAX_FILE_NAME)?;
        }
        check_text(path, &self.storage_path, MAX_STORAGE_PATH)?;
        self.size(size)?;
        if !is_relative_path(&self.storage_path) {
            return Err(error::invalid(
                "invalid_path",
                path,
                "not a path in storage",
                "A relative path without . or .. segments, backslashes or control characters.",
            ));
        }
        Ok(())
    }

    fn size(&self, name: &str) -> Result<i32> {
        let size = i32::try_from(self.file_size.0).ok().filter(|size| *size >= 0);
        size.ok_or_else(|| {
            let problem = if self.file_size.0 < 0 { "negative" } else { "too large" };
            error::invalid("out_of_range", name, problem, "Bytes, from 0 to 2,147,483,647.")
        })
    }

    pub(super) fn insert(&self, id: Uuid, place: &Place) -> Result<()> {
        statement::write(INSERT_ATTACHMENT).execute(&[
            place.org.into(),
            id.into(),
            place.ticket.into(),
            place.comment.into(),
            self.file_name.as_str().into(),
            self.file_type.as_str().into(),
            self.size("file_size")?.into(),
            self.storage_path.as_str().into(),
            place.is_internal.into(),
            place.uploader.into(),
        ])
    }
}
