//! Files of the service: recordings and what colleagues share (live-service.md, sections 4.9, 4.10): the service answers with
//! a way to somewhere else, and the credential must not go there.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use reqwest::{Method, Response, StatusCode, Url, header};
use serde::Deserialize;
use tokio::fs::File;
use tokio::io::AsyncWriteExt as _;
use voipbin_wire::read_json;

use super::{Rest, RestError, has_id};
use crate::retry_after::retry_after;
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
        let named = |answer: &Response| format!("recording-{name}.{}", ending(answer.url(), content_type(answer)));
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
        let request = self.request(Method::GET, &path, &[]);
        let about: About = self.send(request, |text| read_json(text).filter(|_| has_id(text))).await?;
        let name = free_name(folder, &harmless(&about.filename));
        self.download(&format!("{path}/file"), folder, |_| name, &mut |_| {}).await
    }

    async fn download(
        &self,
        path: &str,
        folder: &Path,
        named: impl FnOnce(&Response) -> String,
        so_far: &mut (impl FnMut(u64) + Send),
    ) -> Result<PathBuf, FetchError> {
        let request = self.request(Method::GET, path, &[]).timeout(PACKED_WITHIN);
        self.turn().await;
        let mut response = request.send().await.map_err(|error| self.not_answered(error, ""))?;
        let status = response.status();
        if status != StatusCode::TEMPORARY_REDIRECT {
            let retry_after = retry_after(response.headers(), SystemTime::now());
            let body = response.text().await.map_err(|error| self.not_answered(error, ""))?;
            return Err(self.refusal(status, &body, retry_after, String::new()).into());
        }
        response = self.elsewhere(&response).await?;
        let name = named(&response);
        tokio::fs::create_dir_all(folder).await?;
        let (part, whole) = (Part::of(folder, &name), folder.join(name));
        let mut file = File::create(&part.0).await?;
        let mut bytes = 0;
        while let Some(chunk) = response.chunk().await.map_err(|error| self.not_answered(error, ""))? {
            file.write_all(&chunk).await?;
            bytes += chunk.len() as u64;
            so_far(bytes);
        }
        file.sync_all().await?;
        tokio::fs::rename(&part.0, &whole).await?;
        Ok(whole)
    }

    /// Where the service leads, asked without the credential. That place has
    /// refusals of its own, and no file of the service's is a page to look at.
    async fn elsewhere(&self, response: &Response) -> Result<Response, RestError> {
        let location = response.headers().get(header::LOCATION).and_then(|location| location.to_str().ok());
        let url: Url = location
            .and_then(|location| response.url().join(location).ok())
            .filter(is_safe)
            .ok_or_else(|| self.not_the_services())?;
        let answer = self.http.get(url).timeout(PACKED_WITHIN).send().await;
        let answer = answer.map_err(|error| self.not_answered(error, ""))?;
        let kind = answer.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        match answer.status() {
            status if status.is_success() && kind.is_none_or(|kind| !kind.starts_with("text/html")) => Ok(answer),
            StatusCode::NOT_FOUND => Err(RestError::NotFound),
            status if status.is_success() => Err(self.not_the_services()),
            status => {
                let [reason, said, request] = <[String; 3]>::default();
                Err(RestError::Rejected { status: status.as_u16(), reason, said, request })
            }
        }
    }
}

/// How a file is called while it is fetched; other programs' parts end otherwise.
const PART: &str = ".ringside-part";

/// A file that is not whole yet: it goes when it is given up, for whatever reason.
struct Part(PathBuf);

impl Part {
    fn of(folder: &Path, name: &str) -> Self {
        Self(folder.join(format!("{name}{PART}")))
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        // Once it is whole it has another name.
        match std::fs::remove_file(&self.0) {
            Ok(()) => tracing::info!("a file that did not become whole was removed"),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => tracing::warn!(%error, "a file that did not become whole stays"),
        }
    }
}

/// Removes what an earlier run began to fetch into a folder and never finished.
///
/// # Errors
/// When the folder cannot be read, or a file of it not removed.
pub fn remove_unfinished(folder: &Path) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().ends_with(PART) && entry.file_type()?.is_file() {
            std::fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

/// Whether a file is one that a player plays, by its name. Nothing else of a
/// service's is ever opened: what a name ends with decides which program runs.
pub fn is_audio(path: &Path) -> bool {
    let ending = path.extension().and_then(|ending| ending.to_str()).map(str::to_ascii_lowercase);
    ending.is_some_and(|ending| AUDIO.contains(&ending.as_str()))
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

/// What recordings end with that can be played, …
const AUDIO: [&str; 14] =
    ["wav", "mp3", "ogg", "oga", "opus", "flac", "m4a", "aac", "amr", "aif", "aiff", "au", "weba", "gsm"];
/// … and that the service packs them in, which is kept and not opened.
const PACKED: [&str; 5] = ["tgz", "gz", "zip", "tar", "bz2"];

/// What kind of file it is: by its name, else by what the answer calls it. It
/// is a recording, so nothing else than a recording can come of it.
fn ending(url: &Url, content_type: &str) -> &'static str {
    let file = url.path_segments().and_then(|mut parts| parts.next_back()).unwrap_or_default();
    let named = file.rsplit_once('.').map_or("", |(_, ending)| ending).to_ascii_lowercase();
    if let Some(known) = AUDIO.into_iter().chain(PACKED).find(|known| *known == named) {
        return known;
    }
    match content_type {
        "audio/mpeg" | "audio/mp3" => "mp3",
        "audio/ogg" | "application/ogg" => "ogg",
        "audio/opus" => "opus",
        "audio/flac" | "audio/x-flac" => "flac",
        "audio/mp4" | "audio/x-m4a" | "audio/m4a" => "m4a",
        "audio/aac" => "aac",
        "audio/amr" => "amr",
        "audio/webm" => "weba",
        "application/gzip" | "application/x-gzip" | "application/x-gtar" | "application/x-tgz" => "tgz",
        "application/x-tar" => "tar",
        "application/zip" => "zip",
        _ => "wav",
    }
}

fn content_type(answer: &Response) -> &str {
    let told = answer.headers().get(header::CONTENT_TYPE).and_then(|told| told.to_str().ok()).unwrap_or_default();
    told.split(';').next().unwrap_or_default().trim()
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
    fn a_recording_is_called_what_its_address_or_its_kind_says_and_nothing_that_runs() {
        for (url, kind, is) in [
            ("https://storage.example/a/rec.tgz?sig=x", "", "tgz"),
            ("https://storage.example/a/rec.WAV", "", "wav"),
            ("https://storage.example/a/rec.mp3", "text/html", "mp3"),
            ("https://storage.example/recordingfiles/1", "audio/mpeg", "mp3"),
            ("https://storage.example/recordingfiles/1", "application/gzip", "tgz"),
            ("https://storage.example/recordingfiles/1", "", "wav"),
            ("https://storage.example/a/rec.exe", "application/x-msdownload", "wav"),
            ("https://storage.example/a/rec.exe", "audio/mpeg", "mp3"),
            ("https://storage.example/a/rec.html", "text/html", "wav"),
            ("https://storage.example/a/rec.wav.lnk", "", "wav"),
            ("https://storage.example/a/rec.desktop", "application/x-desktop", "wav"),
            ("https://storage.example/a/rec.d%2Fesktop", "", "wav"),
            ("https://storage.example/a/rec.\u{202e}vaw", "", "wav"),
        ] {
            assert_eq!(ending(&Url::parse(url).unwrap(), kind), is, "{url} {kind}");
        }
    }

    #[test]
    fn only_audio_is_ever_played() {
        for name in ["recording-1.wav", "recording-1.MP3", "a.b.ogg"] {
            assert!(is_audio(Path::new(name)), "{name}");
        }
        for name in ["recording-1.tgz", "x.exe", "x.html", "x.wav.exe", "x.desktop", "wav", ".wav", "x.", ""] {
            assert!(!is_audio(Path::new(name)), "{name}");
        }
    }

    #[test]
    fn what_is_not_fetched_to_the_end_is_removed_and_no_other_programs_part() {
        let folder = tempfile::tempdir().unwrap();
        let there = |name: &str| folder.path().join(name).exists();
        let part = Part::of(folder.path(), "recording-1.wav");
        std::fs::write(&part.0, "half").unwrap();
        drop(part);
        assert!(!there("recording-1.wav.ringside-part"), "given up: removed at once");
        for name in ["recording-2.wav.ringside-part", "film.mkv.part", "recording-3.wav"] {
            std::fs::write(folder.path().join(name), "").unwrap();
        }
        remove_unfinished(folder.path()).unwrap();
        assert!(!there("recording-2.wav.ringside-part") && there("film.mkv.part") && there("recording-3.wav"));
    }
}
