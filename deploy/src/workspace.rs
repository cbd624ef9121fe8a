//! Decides where the workspace is and where its parts lie.

use std::{
    env,
    path::{Path, PathBuf},
};

use crate::Error;

/// The environment variable that names the workspace's folder, for runs outside of it.
pub const ROOT_VARIABLE: &str = "DATACOOP_ROOT";

/// A checkout of the cooperative's sources.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Workspace {
    root: PathBuf,
}

impl Workspace {
    /// Finds the workspace: the folder that [`ROOT_VARIABLE`] names or else the nearest one from
    /// the current folder upwards.
    ///
    /// # Errors
    ///
    /// [`Error::WorkspaceNotFound`] when there is none.
    pub fn find() -> Result<Self, Error> {
        if let Some(root) = env::var_os(ROOT_VARIABLE) {
            return Self::at(PathBuf::from(root));
        }
        let start = env::current_dir().map_err(|source| Error::Io {
            path: PathBuf::from("."),
            action: "enter",
            source,
        })?;
        start
            .ancestors()
            .find(|folder| is_root(folder))
            .map(|folder| Self { root: folder.to_path_buf() })
            .ok_or(Error::WorkspaceNotFound { start })
    }

    /// Takes `root` as the workspace's folder.
    ///
    /// # Errors
    ///
    /// [`Error::WorkspaceNotFound`] when `root` is not the root of a workspace,
    /// [`Error::Io`] when it cannot be resolved.
    pub fn at(root: impl Into<PathBuf>) -> Result<Self, Error> {
        let root = root.into();
        if !is_root(&root) {
            return Err(Error::WorkspaceNotFound { start: root });
        }
        let root = root.canonicalize().map_err(|source| Error::Io {
            path: root.clone(),
            action: "resolve",
            source,
        })?;
        Ok(Self { root })
    }

    /// Returns the workspace's folder.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Returns the folder of the contract crate `package`.
    #[must_use]
    pub fn contract(&self, package: &str) -> PathBuf {
        self.root.join("contracts").join(package)
    }

    /// Returns the folder of the pinned npm tools and inputs.
    #[must_use]
    pub fn fixtures(&self) -> PathBuf {
        self.root.join("anvil-fixtures")
    }

    /// Returns the folder that finished artifacts are written to.
    #[must_use]
    pub fn artifacts(&self) -> PathBuf {
        self.root.join("target/datacoop")
    }

    /// Returns cargo's target folder for contracts.
    #[must_use]
    pub fn wasm_target(&self) -> PathBuf {
        self.root.join("target/wasm")
    }

    /// Returns the folder of the address books.
    #[must_use]
    pub fn deployments(&self) -> PathBuf {
        self.root.join("deployments")
    }
}

fn is_root(folder: &Path) -> bool {
    folder.join("Cargo.lock").is_file()
        && folder.join("contracts").is_dir()
        && folder.join("anvil-fixtures/package-lock.json").is_file()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn workspace_is_found_from_a_folder_inside_it() {
        let workspace = Workspace::find().unwrap();
        assert!(workspace.contract("data-token").join("Cargo.toml").is_file());
    }

    #[test]
    fn a_folder_without_contracts_is_no_workspace() {
        let folder = tempfile::tempdir().unwrap();
        let error = Workspace::at(folder.path()).unwrap_err();
        assert!(matches!(error, Error::WorkspaceNotFound { start } if start == folder.path()));
    }
}
