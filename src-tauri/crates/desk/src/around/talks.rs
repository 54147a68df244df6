//! Talk: what the team writes to each other (live-service.md, section 3.10).

use std::collections::{BTreeMap, BTreeSet};

use ringside_words::{Message, say};
use voipbin_wire::{TalkFact, TalkMedia, TalkMessageFact};

use super::Shows;
use crate::latest::Latest;
use crate::moment::Moment;
use crate::people::People;
use crate::shelf::{Shelf, set, set_told};
use crate::view::{DeskView, Patch, ReactionView, TalkLineView, TalkView};
use crate::{Millis, Out, Remembered, told};

/// So many chats of the team lie on the desk.
const CHATS: usize = 200;
/// So many messages of one of them do.
const LINES: usize = 200;

/// The chats of the team and their messages.
#[derive(Debug, Default)]
pub(crate) struct Talks {
    talks: Shelf<Talk>,
    lines: Shelf<Line>,
    /// What was deleted: a late word of it does not bring it back.
    deleted: Remembered,
    /// The one that is open in front of the agent.
    talking_in: Option<String>,
}

/// A chat of the team and its messages by time.
#[derive(Debug)]
struct Talk {
    view: TalkView,
    name: Latest<String>,
    kind: Latest<String>,
    /// The earliest that is known of it.
    began: Millis,
    order: BTreeSet<(Millis, String)>,
}

/// A message, and what was told of it.
#[derive(Debug)]
struct Line {
    view: TalkLineView,
    /// Its words, and what is attached that is no file.
    says: Latest<(String, Vec<Message>)>,
    files: Latest<Vec<String>>,
    reactions: Latest<Vec<(String, u32, bool)>>,
    /// The name of the colleague who wrote it.
    by: Option<String>,
    /// It was told as news, whether it was read since or not.
    was_news: bool,
    is_unread: bool,
}

impl Talks {
    /// Takes in what is told of a chat.
    pub(crate) fn take(&mut self, fact: &TalkFact, moment: &Moment, _: &mut Out) {
        let Some(id) = fact.id.as_deref() else { return };
        if fact.tm_delete.is_some() {
            self.drop_talk(id);
            self.deleted.insert(id, fact.tm_delete);
        }
        if self.deleted.get(id).is_some() {
            return;
        }
        self.meet_talk(id, moment.when(fact.tm_create));
        if let Some(talk) = self.talks.get_mut(id) {
            talk.name.take(told(fact.name.as_ref()).as_ref(), moment);
            talk.kind.take(told(fact.kind.as_ref()).as_ref(), moment);
        }
        self.redraw(id);
    }

    /// Takes in what is told of a message.
    pub(crate) fn take_message(&mut self, fact: &TalkMessageFact, moment: &Moment, people: &People) {
        let (Some(id), Some(chat)) = (fact.id.as_deref(), fact.chat_id.as_deref()) else { return };
        if self.deleted.get(chat).is_some() {
            return;
        }
        let at = self.lines.get(id).map_or_else(|| moment.when(fact.tm_create), |line| line.view.at);
        self.meet_talk(chat, at);
        if fact.tm_delete.is_some() {
            self.drop_line(id, chat);
            self.deleted.insert(id, fact.tm_delete);
        } else if self.deleted.get(id).is_none() && self.is_kept(chat, at, id) {
            self.put_line(id, chat, at, fact, moment, people);
        }
        self.redraw(chat);
    }

    fn put_line(&mut self, id: &str, chat: &str, at: Millis, fact: &TalkMessageFact, moment: &Moment, people: &People) {
        let says = said(fact, people);
        let file = |media: &TalkMedia| media.file_id.clone();
        let files: Option<Vec<String>> = fact.medias.as_ref().map(|medias| medias.iter().filter_map(file).collect());
        let is_empty = says.is_none() && files.as_ref().is_none_or(Vec::is_empty);
        if is_empty && !self.lines.has(id) {
            return;
        }
        let mine = people.is_me(fact.agent_id.as_deref());
        // A reaction or an edit tells an old message again, and is no news.
        let was_just_written = fact.tm_update.is_none() || fact.tm_update == fact.tm_create;
        let is_news = was_just_written && !moment.is_listed && !mine;
        let is_read = self.talking_in.as_deref() == Some(chat);
        let reactions = fact.metadata.as_ref().map(|metadata| reactions(metadata, &people.me.id));
        let mut is_unread = false;
        let change = |line: &mut Line| {
            let mut changed = line.says.take(says.as_ref(), moment);
            changed |= line.files.take(files.as_ref(), moment);
            changed |= line.reactions.take(reactions.as_ref(), moment);
            changed |= line.is_by(fact.agent_id.as_deref(), people);
            if is_news && !std::mem::replace(&mut line.was_news, true) {
                (line.is_unread, is_unread) = (!is_read, !is_read);
            }
            line.draw() | changed
        };
        self.lines.change(id, || Line::new(id, chat, at), change);
        let Some(talk) = self.talks.get_mut(chat) else { return };
        talk.order.insert((at, id.to_owned()));
        let oldest = if talk.order.len() > LINES { talk.order.pop_first() } else { None };
        if is_unread {
            self.talks.update(chat, |talk| {
                talk.view.unread += 1;
                true
            });
        }
        if let Some((_, oldest)) = oldest {
            self.lines.remove(&oldest);
        }
    }

    /// Which chat of the team is open in front of the agent: it is read.
    pub(crate) fn talk_in(&mut self, talk: Option<&str>) {
        self.talking_in = talk.map(str::to_owned);
        let Some(id) = talk else { return };
        self.talks.update(id, |talk| set(&mut talk.view.unread, 0));
        for (_, line) in self.talks.get(id).into_iter().flat_map(|talk| &talk.order) {
            if let Some(line) = self.lines.get_mut(line) {
                line.is_unread = false;
            }
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
        if let Some(talk) = self.talks.get_mut(id) {
            talk.began = talk.began.min(at);
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
        let (name, kind) = (Latest::default(), Latest::default());
        self.talks.put(id, Talk { view, name, kind, began: at, order: BTreeSet::new() });
    }

    /// Whether a message is among the last ones of its chat, which are shown.
    fn is_kept(&self, chat: &str, at: Millis, id: &str) -> bool {
        let Some(talk) = self.talks.get(chat).filter(|talk| talk.order.len() >= LINES) else { return true };
        talk.order.first().is_none_or(|(oldest, name)| (*oldest, name.as_str()) <= (at, id))
    }

    /// What is shown of a chat follows from what was told of it and its messages.
    fn redraw(&mut self, id: &str) {
        let Some(talk) = self.talks.get(id) else { return };
        let mut lines = talk.order.iter().filter_map(|(_, line)| self.lines.get(line));
        let last = lines.clone().next_back().map(|line| &line.view);
        let last_text = last.map(|line| line.text.clone()).unwrap_or_default();
        let last_instead = last.filter(|line| line.text.is_empty()).map(shown_instead);
        let last_at = last.map_or(talk.began, |line| line.at);
        // One that has no name is called as whoever wrote in it first.
        let name = talk.name.cloned().or_else(|| lines.find_map(|line| line.by.clone()));
        let kind = talk.kind.cloned().unwrap_or_default();
        self.talks.update(id, |talk| {
            let mut is_new = set(&mut talk.view.name, name);
            is_new |= set(&mut talk.view.kind, kind);
            is_new |= set(&mut talk.view.last_text, last_text);
            is_new |= set(&mut talk.view.last_instead, last_instead);
            is_new | set(&mut talk.view.last_at, last_at)
        });
    }

    fn drop_talk(&mut self, id: &str) {
        let Some(talk) = self.talks.remove(id) else { return };
        for (_, line) in talk.order {
            self.lines.remove(&line);
        }
    }

    fn drop_line(&mut self, id: &str, chat: &str) {
        let Some(Line { view, is_unread, .. }) = self.lines.remove(id) else { return };
        self.talks.update(chat, |talk| {
            talk.order.remove(&(view.at, view.id));
            talk.view.unread = talk.view.unread.saturating_sub(u32::from(is_unread));
            is_unread
        });
    }
}

impl Line {
    fn new(id: &str, talk: &str, at: Millis) -> Self {
        let view = TalkLineView {
            id: id.to_owned(),
            talk: talk.to_owned(),
            author: String::new(),
            mine: false,
            text: String::new(),
            attached: Vec::new(),
            at,
            files: Vec::new(),
            reactions: Vec::new(),
        };
        let (says, files, reactions) = (Latest::default(), Latest::default(), Latest::default());
        Self { view, says, files, reactions, by: None, was_news: false, is_unread: false }
    }

    /// Notes who wrote it. Whether that shows.
    fn is_by(&mut self, author: Option<&str>, people: &People) -> bool {
        let mine = people.is_me(author);
        let name = author.and_then(|author| people.agent_name(author)).map(str::to_owned);
        if !mine {
            set_told(&mut self.by, name.as_ref());
        }
        let shown = if mine { Some(people.me.name.clone()) } else { name };
        let is_new = shown.is_some_and(|shown| set(&mut self.view.author, shown));
        is_new | (mine && set(&mut self.view.mine, true))
    }

    /// Shows what was told last. Whether that is anything else.
    fn draw(&mut self) -> bool {
        let reactions = self.reactions.get().into_iter().flatten();
        let reactions =
            reactions.map(|(emoji, count, mine)| ReactionView { emoji: emoji.clone(), count: *count, mine: *mine });
        let reactions = reactions.collect();
        let (text, attached) = self.says.cloned().unwrap_or_default();
        let is_new = set(&mut self.view.text, text) | set(&mut self.view.attached, attached);
        let is_new = is_new | set(&mut self.view.files, self.files.cloned().unwrap_or_default());
        is_new | set(&mut self.view.reactions, reactions)
    }
}

/// What a message says: its words, and what is attached that is no file.
fn said(fact: &TalkMessageFact, people: &People) -> Option<(String, Vec<Message>)> {
    let attached: Vec<Message> = fact.medias.iter().flatten().filter_map(|media| attached(media, people)).collect();
    let words = told(fact.text.as_ref());
    (words.is_some() || !attached.is_empty()).then(|| (words.unwrap_or_default(), attached))
}

impl Shows for Talks {
    fn marked(&self) -> usize {
        self.talks.marked() + self.lines.marked()
    }

    fn draw(&mut self, patches: &mut Vec<Patch>) {
        self.talks.draw(patches, |talk| talk.view.clone());
        self.lines.draw(patches, |line| line.view.clone());
    }

    fn show(&self, desk: &mut DeskView) {
        desk.talks = self.talks.sorted().map(|(_, talk)| talk.view.clone()).collect();
        desk.talk_lines = self.lines.sorted().map(|(_, line)| line.view.clone()).collect();
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

/// Each sign with how many gave it, and whether the agent did.
fn reactions(metadata: &voipbin_wire::TalkMetadata, me: &str) -> Vec<(String, u32, bool)> {
    let mut counted: BTreeMap<&str, (u32, bool)> = BTreeMap::new();
    for reaction in metadata.reactions.iter().flatten() {
        let Some(emoji) = reaction.emoji.as_deref().filter(|emoji| !emoji.is_empty()) else { continue };
        let count = counted.entry(emoji).or_default();
        count.0 += 1;
        count.1 |= reaction.owner_id.as_deref() == Some(me);
    }
    counted.into_iter().map(|(emoji, (count, mine))| (emoji.to_owned(), count, mine)).collect()
}
