//! Files of the service: recordings and what colleagues share (live-service.md, sections 4.9, 4.10): the service answers with
//! a way to somewhere else, and the credential must not go there.

use std::path::{Path, PathBuf};
use std::time::Duration;

use reqwest::{Method, Response, StatusCode, Url, header};
use serde::Deserialize;
use tokio::fs::File;
use tokio::io::AsyncWriteExt as _;
use voipbin_wire::read_json;

use super::{Rest, RestError};
use crate::service::is_safe;

/// The service may take long to pack a recording.
const PACKED_WITHIN: Duration = Duration::from_secs(300);

/// Why a file could not be fetched.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// The service did not hand it out.
    #[error(transparent)]
    Rest(#[from] RestError),
    /// It could not be written down.
    #[error("the file could not be written")]
    Disk(#[from] std::io::Error),
}

impl Rest {
    /// Fetches a recording's file into a folder: `GET /v1.0/recordingfiles/{id}`,
    /// which leads to a signed address. `so_far` hears how many bytes are there.
    /// The file has its name only once it is whole.
    ///
    /// # Errors
    /// See [`FetchError`]. An address that is not encrypted is not followed.
    pub async fn recording_file(
        &self,
        id: &str,
        folder: &Path,
        mut so_far: impl FnMut(u64) + Send,
    ) -> Result<PathBuf, FetchError> {
        let path = format!("/v1.0/recordingfiles/{id}");
        let name: String =
            id.chars().filter(|letter| letter.is_ascii_alphanumeric() || *letter == '-').take(40).collect();
        let named = |url: &Url| format!("recording-{name}.{}", ending(url));
        self.download(&path, folder, named, &mut so_far).await
    }

    /// Fetches a file that a colleague shared into a folder, under its own name
    /// as far as that is harmless: `GET /v1.0/service_agents/files/{id}/file`.
    ///
    /// # Errors
    /// See [`FetchError`].
    pub async fn shared_file(&self, id: &str, folder: &Path) -> Result<PathBuf, FetchError> {
        #[derive(Deserialize, Default)]
        #[serde(default)]
        struct About {
            filename: String,
        }
        let path = format!("/v1.0/service_agents/files/{id}");
        let text = self.send(self.request(Method::GET, &path, &[])).await?;
        let about: About = read_json(&text).unwrap_or_default();
        let name = free_name(folder, &harmless(&about.filename));
        self.download(&format!("{path}/file"), folder, |_| name, &mut |_| {}).await
    }

    async fn download(
        &self,
        path: &str,
        folder: &Path,
        named: impl FnOnce(&Url) -> String,
        so_far: &mut (impl FnMut(u64) + Send),
    ) -> Result<PathBuf, FetchError> {
        let request = self.request(Method::GET, path, &[]).timeout(PACKED_WITHIN);
        self.turn().await;
        let mut response = request.send().await.map_err(|error| self.not_answered(error, ""))?;
        if response.status().is_redirection() {
            response = self.elsewhere(&response).await?;
        }
        if !response.status().is_success() {
            return Err(self.refusal(response).await.into());
        }
        let name = named(response.url());
        tokio::fs::create_dir_all(folder).await?;
        let (part, whole) = (folder.join(format!("{name}.part")), folder.join(name));
        let mut file = File::create(&part).await?;
        let mut bytes = 0;
        while let Some(chunk) = response.chunk().await.map_err(|error| self.not_answered(error, ""))? {
            file.write_all(&chunk).await?;
            bytes += chunk.len() as u64;
            so_far(bytes);
        }
        file.sync_all().await?;
        tokio::fs::rename(&part, &whole).await?;
        Ok(whole)
    }

    /// Where the service leads, asked without the credential.
    async fn elsewhere(&self, response: &Response) -> Result<Response, RestError> {
        let location = response.headers().get(header::LOCATION).and_then(|location| location.to_str().ok());
        let url: Url = location
            .and_then(|location| response.url().join(location).ok())
            .filter(is_safe)
            .ok_or(RestError::BadAnswer)?;
        let answer = self.http.get(url).timeout(PACKED_WITHIN).send().await;
        answer.map_err(|error| self.not_answered(error, ""))
    }

    async fn refusal(&self, response: Response) -> RestError {
        let status = response.status();
        match status {
            StatusCode::UNAUTHORIZED => RestError::Unauthorized,
            StatusCode::FORBIDDEN => RestError::Forbidden { reason: String::new() },
            StatusCode::NOT_FOUND => RestError::NotFound,
            status => {
                let [reason, said, request] = <[String; 3]>::default();
                RestError::Rejected { status: status.as_u16(), reason, said, request }
            }
        }
    }
}

/// A file's name without what could lead out of a folder or hide.
fn harmless(name: &str) -> String {
    let is_harmless = |letter: &char| letter.is_alphanumeric() || " .-_()".contains(*letter);
    let kept: String = name.chars().filter(is_harmless).take(80).collect();
    let kept = kept.trim_matches([' ', '.']);
    if kept.is_empty() { "file".to_owned() } else { kept.to_owned() }
}

/// A name that nothing in the folder has yet.
fn free_name(folder: &Path, name: &str) -> String {
    let (stem, ending) =
        name.rsplit_once('.').map_or((name, String::new()), |(stem, ending)| (stem, format!(".{ending}")));
    let numbered = (2..1000).map(|number| format!("{stem} ({number}){ending}"));
    std::iter::once(name.to_owned())
        .chain(numbered)
        .find(|free| !folder.join(free).exists())
        .unwrap_or_else(|| name.to_owned())
}

/// What kind of file it is, as the address says: letters and digits only.
fn ending(url: &Url) -> String {
    let file = url.path_segments().and_then(|mut parts| parts.next_back()).unwrap_or_default();
    let ending = file.rsplit_once('.').map_or("", |(_, ending)| ending);
    let is_plain = (1..=5).contains(&ending.len()) && ending.chars().all(|letter| letter.is_ascii_alphanumeric());
    if is_plain { ending.to_ascii_lowercase() } else { "wav".to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shared_file_cannot_leave_its_folder_or_hide() {
        assert_eq!(harmless("../../.bashrc"), "bashrc");
        assert_eq!(harmless("Rückruf (Müller).pdf"), "Rückruf (Müller).pdf");
        assert_eq!(harmless("a/b\\c:d|e.txt"), "abcde.txt");
        assert_eq!((harmless(""), harmless("...")), ("file".to_owned(), "file".to_owned()));
    }

    #[test]
    fn a_file_is_called_what_its_address_says_and_nothing_harmful() {
        let of = |url| ending(&Url::parse(url).unwrap());
        assert_eq!(of("https://storage.example/a/rec.tgz?sig=x"), "tgz");
        assert_eq!(of("https://storage.example/a/rec.WAV"), "wav");
        assert_eq!(of("https://storage.example/a/rec.d%2Fesktop"), "wav");
        assert_eq!(of("https://storage.example/recordingfiles/1"), "wav");
    }
}
