//! Where commands write: results to standard output, complaints to standard error.

use std::fmt::Display;
use std::io::{self, IsTerminal, Write};

/// Standard output. Every write is checked: a full disk or a closed pipe is an error, not silence.
pub struct Out(Box<dyn Write>);

impl Out {
    /// The standard output of the process.
    pub fn standard() -> Self {
        // A terminal wants each line at once; a file or pipe takes them in bulk.
        if io::stdout().is_terminal() {
            Self(Box::new(io::stdout()))
        } else {
            Self(Box::new(io::BufWriter::new(io::stdout())))
        }
    }

    /// Writes a line.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn line(&mut self, text: impl Display) -> io::Result<()> {
        writeln!(self.0, "{text}")
    }

    /// Writes text as it is.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn text(&mut self, text: &str) -> io::Result<()> {
        self.0.write_all(text.as_bytes())
    }

    /// Sees to it that everything written is out.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// Tells on standard error why the command failed.
pub fn complain(words: &str) {
    // With standard error gone there is nobody left to tell.
    drop(writeln!(io::stderr(), "hospes: {words}"));
}
