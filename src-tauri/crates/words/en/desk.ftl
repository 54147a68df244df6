### The window: its views and panels, and what happened while the connection was lost.

desk-starting = Starting Ringside…
desk-views = Views
# $view (String) - one of the views below; $digit (Number) - a key
desk-view-shortcut = { $view } (Ctrl+{ $digit })
# More unread things than two digits can say.
desk-many = 99+
desk-view-desk = Desk
desk-view-queues = Queues
desk-view-live = Live
desk-view-flows = Flows
desk-view-conferences = Conferences
desk-view-recordings = Recordings
desk-view-history = History
desk-view-journal = Event log
desk-view-talk = Team
desk-view-rules = Auto-reply
desk-view-settings = Settings
desk-panel-floor = Calls, queues and conversations
desk-panel-conversation = Conversation
desk-panel-customer = Customer

desk-away = While you were disconnected
desk-away-seen = Dismiss
desk-away-show-all = Show all { $count }
desk-away-rang = Rang here
desk-away-unknown = Rang here, outcome unknown
desk-away-gaveUp = Abandoned in the queue
desk-away-text = Sent a text
