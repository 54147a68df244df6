//! A recording's file (live-service.md, section 4.8): the service answers with
//! a way to somewhere else, and the credential must not go there.

use std::path::{Path, PathBuf};
use std::time::Duration;

use reqwest::{Method, Response, StatusCode, Url, header};
use tokio::fs::File;
use tokio::io::AsyncWriteExt as _;

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
        let request = self.request(Method::GET, &path, &[]).timeout(PACKED_WITHIN);
        self.turn().await;
        let mut response = request.send().await.map_err(|error| self.not_answered(error, ""))?;
        if response.status().is_redirection() {
            response = self.elsewhere(&response).await?;
        }
        if !response.status().is_success() {
            return Err(self.refusal(response).await.into());
        }
        let ending = ending(response.url());
        tokio::fs::create_dir_all(folder).await?;
        let name: String =
            id.chars().filter(|letter| letter.is_ascii_alphanumeric() || *letter == '-').take(40).collect();
        let (part, whole) =
            (folder.join(format!("recording-{name}.part")), folder.join(format!("recording-{name}.{ending}")));
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
            status => RestError::Rejected { status: status.as_u16(), reason: String::new(), request: String::new() },
        }
    }
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
    fn a_file_is_called_what_its_address_says_and_nothing_harmful() {
        let of = |url| ending(&Url::parse(url).unwrap());
        assert_eq!(of("https://storage.example/a/rec.tgz?sig=x"), "tgz");
        assert_eq!(of("https://storage.example/a/rec.WAV"), "wav");
        assert_eq!(of("https://storage.example/a/rec.d%2Fesktop"), "wav");
        assert_eq!(of("https://storage.example/recordingfiles/1"), "wav");
    }
}
