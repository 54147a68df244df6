### Recordings and transcriptions.

recordings-running = Recording
recordings-ended = Recorded
recordings-ended-at = ended { $time }, start unknown
recordings-play = Play
recordings-fetching = Downloading… { $size }
recordings-not-yet = You can save it when the recording has ended.
recordings-none = A recording appears here when it starts.

recordings-transcripts = Transcriptions
recordings-transcript-now = Transcription
recordings-complete = complete
recordings-listening = in progress
recordings-no-transcripts = Transcriptions appear here while calls are being transcribed.
recordings-nothing-said = Nothing has been said yet.
recordings-customer = Customer
recordings-agent = Agent
recordings-no-file = The service has no file for this recording.
recordings-save-first = Save the recording first.
recordings-packed = The service packed this recording, so no player opens it. It is saved as { $path }.
recordings-no-player = No program on this computer opens { $path }.
