//! Texts answer themselves: written, tried, rehearsed, switched on, and seen.

use ringside_words::text;

use super::super::Done;
use super::Morning;

const HOURS: &str = "We're open Mon-Fri 9-5!";

impl Morning<'_> {
    /// A new rule is tried while it is written, rehearsed, and then switched on.
    pub(super) async fn rule_written(&mut self) -> Done {
        let app = self.app()?;
        app.click("nav button:nth-child(10)").await?;
        self.picture("22-rule_written-before").await?;
        let app = self.app()?;
        app.click("[data-list=rules] + .buttons button").await?;
        app.type_into("#rule-name", "Opening hours").await?;
        app.type_into("[data-list=rules] fieldset:nth-of-type(1) input", "hours").await?;
        app.type_into("[data-list=rules] fieldset:nth-of-type(3) textarea", HOURS).await?;
        app.type_into("#rule-trial", "What are your hours?").await?;
        app.shows("[data-tried=sent]", HOURS).await?;
        self.picture("22-rule_written-tried").await?;
        let app = self.app()?;
        app.click("[data-list=rules] [type=submit]").await?;
        app.shows("[data-rule='Opening hours']", "anywhere").await?;
        app.click("#rule-rehearse").await?;
        app.shows("[data-rehearsed]", "would have been answered").await
    }

    /// The two examples of the documentation, word for word.
    pub(super) async fn rules_answer(&mut self) -> Done {
        let mark = self.server.mark();
        self.app()?.click("#rules-switch[aria-pressed=false]").await?;
        self.app()?.shows("[data-responder=answering]", "the team knows").await?;
        self.server.play("mei texts \"What are your hours?\"\nstranger texts \"STOP\"").await?;
        for words in [HOURS, "You've been unsubscribed"] {
            let is_it = |seen: &serde_json::Value| seen["seen"] == "text" && seen["text"] == words;
            self.server.sees(words, mark, is_it).await?;
            self.app()?.shows("[data-section=decisions]", words).await?;
        }
        self.app()?.has("[data-list=opt-outs] b", true).await?;
        self.picture("23-rules_answer-decisions").await?;
        self.app()?.click("[data-list=opt-outs] button").await?;
        self.app()?.click("[data-list=opt-outs] [role=alertdialog] button").await?;
        self.app()?.shows("p.said[role=status]", "opted back in").await?;
        self.app()?.click("#rules-switch[aria-pressed=true]").await?;
        self.app()?.shows("[data-responder=off]", &text!("rules-state-off")).await?;
        self.app()?.click("[data-section=decisions] [data-fate=sent] .head button").await?;
        self.app()?.has("[data-auto]", true).await
    }
}
