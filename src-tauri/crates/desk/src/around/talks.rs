//! Talk: what the team writes to each other (live-service.md, section 3.10).

use std::collections::BTreeMap;

use ringside_words::{Message, say};
use voipbin_wire::{TalkFact, TalkMedia, TalkMessageFact};

use super::Shows;
use crate::moment::Moment;
use crate::people::People;
use crate::shelf::Shelf;
use crate::view::{DeskView, Patch, ReactionView, TalkLineView, TalkView};
use crate::{Millis, Out, told};

/// So many chats of the team lie on the desk.
const CHATS: usize = 200;
/// So many messages of one of them do.
const LINES: usize = 200;

/// The chats of the team and their messages.
#[derive(Debug, Default)]
pub(crate) struct Talks {
    talks: Shelf<Talk>,
    lines: Shelf<TalkLineView>,
    /// The one that is open in front of the agent.
    talking_in: Option<String>,
}

/// A chat of the team and its messages by time.
#[derive(Debug)]
struct Talk {
    view: TalkView,
    order: std::collections::BTreeSet<(Millis, String)>,
}

impl Talks {
    /// Takes in what is told of a chat.
    pub(crate) fn take(&mut self, fact: &TalkFact, moment: &Moment, _: &mut Out) {
        let Some(id) = fact.id.as_deref() else { return };
        if fact.tm_delete.is_some() {
            self.drop_talk(id);
            return;
        }
        self.meet_talk(id, moment.when(fact.tm_create));
        self.talks.update(id, |talk| {
            let before = talk.view.clone();
            talk.view.name = told(fact.name.as_ref()).or(talk.view.name.take());
            talk.view.kind = told(fact.kind.as_ref()).unwrap_or_else(|| before.kind.clone());
            talk.view != before
        });
    }

    /// Takes in what is told of a message.
    pub(crate) fn take_message(&mut self, fact: &TalkMessageFact, moment: &Moment, people: &People) {
        let (Some(id), Some(chat)) = (fact.id.as_deref(), fact.chat_id.as_deref()) else { return };
        if fact.tm_delete.is_some() {
            return self.drop_talk_line(id, chat);
        }
        let at = moment.when(fact.tm_create);
        self.meet_talk(chat, at);
        let is_new = !self.lines.has(id);
        let Some(line) = self.line(id, chat, at, fact, people) else { return };
        if self.lines.get(id) == Some(&line) {
            return;
        }
        let is_read = moment.is_listed || line.mine || self.talking_in.as_deref() == Some(chat);
        let name = fact.agent_id.as_deref().and_then(|author| people.agent_name(author));
        let mut gone = None;
        if let Some(talk) = self.talks.touch(chat) {
            talk.order.insert((at, id.to_owned()));
            if at >= talk.view.last_at {
                (talk.view.last_at, talk.view.last_text) = (at, line.text.clone());
                talk.view.last_instead = line.text.is_empty().then(|| shown_instead(&line));
            }
            if is_new && !is_read {
                talk.view.unread += 1;
            }
            if talk.view.name.is_none() && !line.mine {
                talk.view.name = name.map(str::to_owned);
            }
            gone = if talk.order.len() > LINES { talk.order.pop_first() } else { None };
        }
        self.lines.put(id, line);
        if let Some((_, oldest)) = gone {
            self.lines.remove(&oldest);
        }
    }

    /// A message as it is shown: what this telling of it leaves out is as it was.
    fn line(&self, id: &str, talk: &str, at: Millis, fact: &TalkMessageFact, people: &People) -> Option<TalkLineView> {
        let known = self.lines.get(id);
        let author = fact.agent_id.as_deref().unwrap_or_default();
        let mine = people.is_me(fact.agent_id.as_deref());
        let files = |medias: &Vec<TalkMedia>| medias.iter().filter_map(|media| media.file_id.clone()).collect();
        let files: Option<Vec<String>> = fact.medias.as_ref().map(files);
        let files = files.or_else(|| Some(known?.files.clone())).unwrap_or_default();
        let says = told(fact.text.as_ref());
        let attached: Vec<Message> = fact.medias.iter().flatten().filter_map(|media| attached(media, people)).collect();
        let is_told = says.is_some() || !attached.is_empty();
        let (text, attached) = match known {
            Some(known) if !is_told => (known.text.clone(), known.attached.clone()),
            _ => (says.unwrap_or_default(), attached),
        };
        if text.is_empty() && attached.is_empty() && files.is_empty() {
            return None;
        }
        let reactions = fact.metadata.as_ref().map(|metadata| reactions(metadata, &people.me.id));
        let author = if mine { &people.me.name } else { people.agent_name(author).unwrap_or_default() };
        Some(TalkLineView {
            id: id.to_owned(),
            talk: talk.to_owned(),
            author: author.to_owned(),
            mine,
            text,
            attached,
            at,
            files,
            reactions: reactions.or_else(|| Some(known?.reactions.clone())).unwrap_or_default(),
        })
    }

    /// Which chat of the team is open in front of the agent: it is read.
    pub(crate) fn talk_in(&mut self, talk: Option<&str>) {
        self.talking_in = talk.map(str::to_owned);
        if let Some(talk) = talk {
            self.talks.update(talk, |talk| crate::shelf::set(&mut talk.view.unread, 0));
        }
    }

    /// Whether there is a chat with this name.
    pub(crate) fn has_called(&self, name: &str) -> bool {
        self.talks.values().any(|talk| talk.view.name.as_deref() == Some(name))
    }

    pub(crate) fn has(&self, talk: &str) -> bool {
        self.talks.has(talk)
    }

    fn meet_talk(&mut self, id: &str, at: Millis) {
        if self.talks.has(id) {
            return;
        }
        if self.talks.len() >= CHATS {
            let oldest = self.talks.all().min_by_key(|(_, talk)| talk.view.last_at).map(|(id, _)| id.clone());
            oldest.into_iter().for_each(|oldest| self.drop_talk(&oldest));
        }
        let view = TalkView {
            id: id.to_owned(),
            name: None,
            kind: String::new(),
            unread: 0,
            last_text: String::new(),
            last_instead: None,
            last_at: at,
        };
        self.talks.put(id, Talk { view, order: std::collections::BTreeSet::new() });
    }

    fn drop_talk(&mut self, id: &str) {
        let Some(talk) = self.talks.remove(id) else { return };
        for (_, line) in talk.order {
            self.lines.remove(&line);
        }
    }

    fn drop_talk_line(&mut self, id: &str, chat: &str) {
        let Some(line) = self.lines.remove(id) else { return };
        if let Some(talk) = self.talks.get_mut(chat) {
            talk.order.remove(&(line.at, line.id));
        }
    }
}

impl Shows for Talks {
    fn marked(&self) -> usize {
        self.talks.marked() + self.lines.marked()
    }

    fn draw(&mut self, patches: &mut Vec<Patch>) {
        self.talks.draw(patches, |talk| talk.view.clone());
        self.lines.draw(patches, |line| line.clone());
    }

    fn show(&self, desk: &mut DeskView) {
        desk.talks = self.talks.sorted().map(|(_, talk)| talk.view.clone()).collect();
        desk.talk_lines = self.lines.sorted().map(|(_, line)| line.clone()).collect();
    }
}

/// What is attached to a message that is no file.
fn attached(media: &TalkMedia, people: &People) -> Option<Message> {
    if let Some(link) = told(media.link_url.as_ref()) {
        return Some(say!("team-attached-link", link = link));
    }
    if let Some(agent) = &media.agent_id {
        return Some(say!("team-attached-colleague", name = people.shown_agent(agent)));
    }
    let address = media.address.as_ref()?;
    let words = [told(address.name.as_ref()), told(address.target.as_ref())].into_iter().flatten();
    let words = words.collect::<Vec<_>>().join(" ");
    (!words.is_empty()).then(|| say!("team-attached-address", address = words))
}

/// What the row of a chat says of a message without words.
fn shown_instead(line: &TalkLineView) -> Message {
    Message::list(line.attached.iter().cloned()).unwrap_or_else(|| say!("texts-media-file"))
}

fn reactions(metadata: &voipbin_wire::TalkMetadata, me: &str) -> Vec<ReactionView> {
    let mut counted: BTreeMap<&str, (u32, bool)> = BTreeMap::new();
    for reaction in metadata.reactions.iter().flatten() {
        let Some(emoji) = reaction.emoji.as_deref().filter(|emoji| !emoji.is_empty()) else { continue };
        let count = counted.entry(emoji).or_default();
        count.0 += 1;
        count.1 |= reaction.owner_id.as_deref() == Some(me);
    }
    let view = |(emoji, (count, mine)): (&str, (u32, bool))| ReactionView { emoji: emoji.to_owned(), count, mine };
    counted.into_iter().map(view).collect()
}
