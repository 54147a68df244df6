### What went wrong, what was kept, and what to do next.

problems-unexpected = Something went wrong in Ringside. Try again.
