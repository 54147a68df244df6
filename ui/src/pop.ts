import "@fontsource-variable/inter/wght.css";
import "./styles/tokens.css";
import { mount } from "svelte";
import { refuseDrops } from "./drops";
import Pop from "./Pop.svelte";
import { host } from "./which-host";

// The first call must not wait for its letters: nothing asks for a font before.
void document.fonts.load('1em "Inter Variable"');

refuseDrops(window);
mount(Pop, { target: document.getElementById("app")!, props: { host: await host() } });
