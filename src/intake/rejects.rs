//! The file of rejected rows that stands beside an import file.
//!
//! Owns: its name, columns and escaping. Must not know why a row was rejected;
//! it writes the faults it is given.
//!
//! The file holds line, external identifier, field, code and message, and never
//! the value at fault: people open it in a spreadsheet and send it on. Cells
//! that a spreadsheet would run as a formula are preceded by an apostrophe.

use std::borrow::Cow;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use super::source::RowFault;
use crate::kit::fault::Fault;

/// The columns of the file, in order.
pub const COLUMNS: [&str; 5] = ["line", "external_id", "field", "code", "message"];

/// Writes `FILE.rejects.csv`, which comes into being with the first fault.
pub struct RejectWriter {
    path: PathBuf,
    file: Option<csv::Writer<File>>,
    count: u64,
}

impl RejectWriter {
    /// Prepares the rejects of the import file at `import`. A rejects file that
    /// an earlier import left is removed, so that after an import without
    /// faults none is there.
    ///
    /// # Errors
    /// Fails when an earlier file cannot be removed.
    pub fn beside(import: &Path) -> io::Result<Self> {
        let mut name = import.as_os_str().to_owned();
        name.push(".rejects.csv");
        Self::at(PathBuf::from(name))
    }

    /// Prepares the rejects at `path`, as [`RejectWriter::beside`] does.
    ///
    /// # Errors
    /// Fails when an earlier file cannot be removed.
    pub fn at(path: PathBuf) -> io::Result<Self> {
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        Ok(Self { path, file: None, count: 0 })
    }

    /// Where the file is, or would be.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// How many faults have been written.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Writes one fault.
    ///
    /// # Errors
    /// Fails when the file cannot be created or written.
    pub fn write(&mut self, fault: &RowFault) -> io::Result<()> {
        self.write_cells(cells(fault))
    }

    /// Writes one fault that was found after the row was read.
    ///
    /// # Errors
    /// Fails when the file cannot be created or written.
    pub fn write_later(&mut self, line: u64, external_id: Option<&str>, fault: &Fault) -> io::Result<()> {
        self.write_cells([
            Cow::Owned(line.to_string()),
            safe(external_id.unwrap_or_default()),
            safe(&fault.pointer),
            safe(&fault.code),
            safe(&fault.message),
        ])
    }

    fn write_cells(&mut self, cells: [Cow<'_, str>; 5]) -> io::Result<()> {
        if self.file.is_none() {
            let mut writer = csv::Writer::from_path(&self.path)?;
            writer.write_record(COLUMNS)?;
            self.file = Some(writer);
        }
        if let Some(writer) = &mut self.file {
            writer.write_record(cells.iter().map(|cell| cell.as_bytes()))?;
            self.count += 1;
        }
        Ok(())
    }

    /// Flushes the file and returns its path, or `None` when there was no fault.
    ///
    /// # Errors
    /// Fails when the last rows cannot be written.
    pub fn finish(mut self) -> io::Result<Option<PathBuf>> {
        match &mut self.file {
            Some(writer) => {
                writer.flush()?;
                Ok(Some(self.path.clone()))
            }
            None => Ok(None),
        }
    }
}

/// The cells of a fault in the order of [`COLUMNS`], made safe for spreadsheets.
#[must_use]
pub fn cells(fault: &RowFault) -> [Cow<'_, str>; 5] {
    [
        Cow::Owned(fault.line.to_string()),
        safe(fault.external_id.as_deref().unwrap_or_default()),
        safe(&fault.field),
        safe(fault.code),
        safe(&fault.message),
    ]
}

/// The text with an apostrophe before it when a spreadsheet could take it for a
/// formula: it begins, perhaps after white space, with `=`, `+`, `-`, `@`, a
/// tab, a line end or the full-width form of one of these.
#[must_use]
pub fn safe(text: &str) -> Cow<'_, str> {
    let is_trigger = |c: char| matches!(c, '=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠');
    let starts_blank = text.starts_with(['\t', '\r', '\n']);
    if starts_blank || text.trim_start().starts_with(is_trigger) {
        Cow::Owned(format!("'{text}"))
    } else {
        Cow::Borrowed(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_file_comes_into_being_without_a_fault_and_an_old_one_goes() {
        let folder = tempfile::tempdir().unwrap();
        let import = folder.path().join("guests.csv");
        let rejects = folder.path().join("guests.csv.rejects.csv");
        std::fs::write(&rejects, "old").unwrap();
        let writer = RejectWriter::beside(&import).unwrap();
        assert_eq!(writer.path(), rejects);
        assert_eq!(writer.finish().unwrap(), None);
        assert!(!rejects.exists());
    }

    #[test]
    fn faults_are_written_with_a_header() {
        let folder = tempfile::tempdir().unwrap();
        let mut writer = RejectWriter::beside(&folder.path().join("g.csv")).unwrap();
        let mut fault = RowFault::of_field(7, "Age, \"x\"", "integer", "Not a number.");
        fault.external_id = Some("=1+1".to_owned());
        writer.write(&fault).unwrap();
        assert_eq!(writer.count(), 1);
        let path = writer.finish().unwrap().unwrap();
        assert_eq!(
            std::fs::read_to_string(path).unwrap(),
            "line,external_id,field,code,message\n7,'=1+1,\"Age, \"\"x\"\"\",integer,Not a number.\n"
        );
    }

    #[test]
    fn what_a_spreadsheet_would_run_is_disarmed() {
        for text in ["=1", "+1", "-1", "@x", "\tx", "\rx", "\nx", "＝1", "＋1", "－1", "＠x", "  =1"] {
            assert_eq!(safe(text), format!("'{text}"));
        }
        for text in ["", "a=1", "/a/-", "42", " x"] {
            assert_eq!(safe(text), text);
        }
    }
}
