### The program itself: its windows’ titles, and why it cannot start.

# The title of the call pop’s window.
shell-call = Ringside call
shell-failed = Ringside could not start. The log says why.
shell-failed-because = Ringside could not start: { $why }.
shell-screen-failed = Ringside could not open a window on this screen. Is it still there, and may this user use it?
shell-no-screen = Ringside needs a screen, and there is none here: neither DISPLAY nor WAYLAND_DISPLAY is set.
shell-no-notifications = This computer shows no notifications: its notification service does not answer. Calls and texts show only in Ringside’s own windows.
