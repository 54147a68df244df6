//! What the team writes to each other.

use std::path::PathBuf;

use voipbin_client::{Class, List, Listed, RestError};
use voipbin_wire::{BareKind, Fact, Kind, TalkFact, TalkMessageFact, Timestamp, Told};

use super::{Done, Session};
use crate::refusal::Refusal;
use crate::verbs::Answer;

/// What the agent does in the team's chats.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
#[serde(tag = "type", content = "with", rename_all = "camelCase")]
pub enum TalkDeed {
    /// Opens the chat with one colleague.
    Open {
        /// Which.
        agent: String,
    },
    /// Writes in a chat.
    Say {
        /// Which.
        talk: String,
        /// The words.
        text: String,
    },
    /// Shares a file in a chat. The window hands its bytes over as they are.
    #[serde(skip)]
    Share {
        /// Which.
        talk: String,
        /// What the file is called.
        name: String,
        /// What is in it.
        bytes: Vec<u8>,
    },
    /// Reacts to a message.
    React {
        /// Which.
        message: String,
        /// With this.
        emoji: String,
    },
}

/// Larger files are not shared from here.
const LARGEST_FILE: usize = 5 * 1024 * 1024;

/// What came of writing to a colleague.
pub(super) enum Spoken {
    Opened(TalkFact),
    Said(TalkMessageFact),
}

impl Session {
    /// The chats of the team, newest first.
    pub(super) fn read_talks(&mut self) {
        if self.work.as_ref().is_some_and(|work| work.account.agent_id.is_some()) {
            self.request(|rest| async move {
                let rest = rest.of_class(Class::AddressBook);
                Done::Talks(rest.list(&List::Talks, Timestamp::from_micros(i64::MAX), 1).await.map(Box::new))
            });
        }
    }

    /// A chat is in front of the agent: its messages are read.
    pub(crate) fn talk_in(&mut self, talk: Option<String>) {
        self.desk.talk_in(talk.as_deref());
        let Some(talk) = talk.filter(|talk| self.desk.has_talk(talk)) else { return };
        self.request(|rest| async move {
            let read = rest.list(&List::TalkMessages(talk), Timestamp::from_micros(i64::MAX), 1).await;
            Done::Talks(read.map(Box::new))
        });
    }

    pub(super) fn talks(&mut self, result: Result<Box<Listed>, RestError>) {
        let now = (self.ports.clock)();
        match result {
            Ok(listed) => listed.told.iter().for_each(|told| self.desk.relearn(told, now)),
            Err(error) => tracing::info!(%error, "the team's chats were not told"),
        }
    }

    /// Asks the service, and answers when it has answered.
    pub(crate) fn speak(&mut self, deed: TalkDeed, answer: Answer<String>) {
        if let TalkDeed::Share { bytes, .. } = &deed
            && (bytes.is_empty() || bytes.len() > LARGEST_FILE)
        {
            return answer.refuse(Refusal::FileSize);
        }
        self.request(|rest| async move {
            let (talk, result) = match deed {
                TalkDeed::Open { agent } => (String::new(), rest.open_talk(&agent).await.map(Spoken::Opened)),
                TalkDeed::Say { talk, text } => {
                    let said = rest.say_in_talk(&talk, &text, None).await;
                    (talk, said.map(Spoken::Said))
                }
                TalkDeed::Share { talk, name, bytes } => {
                    let said = match rest.upload(&name, bytes).await {
                        Ok(file) => rest.say_in_talk(&talk, &name, Some(&file)).await,
                        Err(error) => Err(error),
                    };
                    (talk, said.map(Spoken::Said))
                }
                TalkDeed::React { message, emoji } => {
                    (String::new(), rest.react(&message, &emoji).await.map(Spoken::Said))
                }
            };
            Done::Spoken { talk, result, answer }
        });
    }

    /// Fetches a file that a colleague shared; the answer is where it lies.
    pub(super) fn save_shared(&mut self, file: String, folder: PathBuf, answer: Answer<String>) {
        self.request(|rest| async move {
            let saved = rest.shared_file(&file, &folder).await;
            let result = saved.map(|path| path.display().to_string());
            answer.give(result.map_err(|error| Refusal::NotFetched(error).into()));
            Done::Saved
        });
    }

    pub(super) fn spoken(&mut self, talk: String, result: Result<Spoken, RestError>, answer: Answer<String>) {
        let now = (self.ports.clock)();
        let result = match result {
            Ok(Spoken::Opened(fact)) => {
                let id = fact.id.clone().unwrap_or_default();
                self.desk.relearn(&told(BareKind::Talk, Fact::Talk(fact)), now);
                Ok(id)
            }
            Ok(Spoken::Said(fact)) => {
                self.desk.relearn(&told(BareKind::TalkMessage, Fact::TalkMessage(fact)), now);
                Ok(talk)
            }
            Err(error @ (RestError::Unclear { .. } | RestError::Foreign { .. })) => {
                Err(Refusal::MayBeSent(error).into())
            }
            Err(error) => Err(Refusal::NotSent(error).into()),
        };
        answer.give(result);
    }
}

fn told(kind: BareKind, fact: Fact) -> Told {
    let (at, drift) = (fact.at(), voipbin_wire::Drift::default());
    Told { kind: Kind::Bare(kind), at, sent: None, for_agent: None, whose: None, fact, drift }
}
