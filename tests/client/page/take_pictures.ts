/**
 * Takes the two pictures of the page that the guides show, chat.png and phone.png beside this file. To take them again:
 * `deno run -A tests/client/page/take_pictures.ts`. It needs Chromium and a font with emoji, such as Noto Color Emoji.
 */
import type { Page } from "playwright-core";
import { enterAs, startBrowser, write } from "../../support/browser.ts";
import { Peer } from "../../support/peer.ts";
import { freePort, startServer } from "../../support/server.ts";

const caps = ["message-tags", "server-time", "echo-message", "batch", "labeled-response"];

const webPort = freePort();
await using server = await startServer([
  "--web-port",
  String(webPort),
  "--web-address",
  "https://chat.example",
]);
await using browser = await startBrowser();
await using bob = await Peer.connect(server.port, "bob", { caps });
await using cat = await Peer.connect(server.port, "cat", { caps });
for (const peer of [bob, cat]) for (const channel of ["#garden", "#tea"]) await peer.join(channel);

bob.send("TOPIC #tea :First flush from Darjeeling · tasting on Friday at five");
bob.send("PRIVMSG #tea :Morning all! The kettle is on.");
await cat.next(/The kettle is on/);
cat.send("PRIVMSG #tea :\x02Two sugars\x02 please, and see https://tea.example/brewing for the timings");
await bob.next(/Two sugars/);

const ann = await browser.visit(`http://127.0.0.1:${webPort}/join#tea,#garden`, {
  width: 1280,
  height: 690,
});
const { page } = ann;
await enterAs(ann, "ann");
await page.waitForSelector("#channel-list >> text=#garden");
await page.click("#channel-list button:has-text('#tea')");

await write(ann, "On my way. Did anybody bring the oat milk?");
const question = idOf(await bob.next(/oat milk/));
bob.send(`@+draft/reply=${question} PRIVMSG #tea :Two cartons, in the fridge`);
await cat.next(/Two cartons/);
cat.send("PRIVMSG #tea :\x01ACTION pours the tea\x01");
await page.waitForSelector(".entry >> text=pours the tea");
await sharePicture(page);
await page.press("#box", "Enter");
await page.waitForSelector("#messages img");
await page.evaluate("document.querySelector('#messages img').decode()");
const picture = idOf(await bob.next(/first-flush/));
bob.send("PRIVMSG #tea :That looks perfect, ann!");
await page.waitForSelector(".entry.mention >> text=That looks perfect");

await react(bob, question, "🍵");
await react(cat, question, "🍵");
await react(cat, question, "🎉");
await react(bob, picture, "👏");
await react(cat, picture, "👏");
cat.send("PRIVMSG #garden :The tomatoes are ripe", "PRIVMSG #garden :Who wants some?");
cat.send("PRIVMSG ann :Keep me a cup, please", "@+typing=active TAGMSG #tea");
await page.waitForSelector("#conversation-list .count");
await page.waitForSelector(".reactions >> nth=1");
await page.waitForSelector("#typing >> text=cat is typing");

await spreadTimes(page);
await page.mouse.move(0, 0);
await page.screenshot({ path: pathOf("chat.png") });
await page.setViewportSize({ width: 360, height: 740 });
await page.waitForSelector("#show-channels");
await spreadTimes(page);
await page.screenshot({ path: pathOf("phone.png") });

function idOf(line: string): string {
  return /msgid=([^;\s]+)/.exec(line)?.[1] ?? "";
}

function pathOf(name: string): string {
  return new URL(name, import.meta.url).pathname;
}

async function react(peer: Peer, id: string, emoji: string): Promise<void> {
  peer.send(`@+draft/react=${emoji};+draft/reply=${id} TAGMSG #tea`);
  await peer.lines();
}

/** Draws a cup of tea and drops it on the page as a file. */
async function sharePicture(page: Page): Promise<void> {
  await page.evaluate(`(async () => {
    const canvas = new OffscreenCanvas(360, 150);
    const pen = canvas.getContext("2d");
    const sky = pen.createLinearGradient(0, 0, 360, 150);
    for (const [at, color] of [[0, "#2f3b63"], [.5, "#464eb8"], [1, "#f0b27a"]]) sky.addColorStop(at, color);
    pen.fillStyle = sky;
    pen.fillRect(0, 0, 360, 150);
    pen.fillStyle = "#0004";
    pen.beginPath();
    pen.ellipse(180, 128, 90, 10, 0, 0, 7);
    pen.fill();
    pen.strokeStyle = pen.fillStyle = "#fff";
    pen.lineCap = "round";
    pen.lineWidth = 8;
    pen.beginPath();
    pen.arc(243, 93, 20, -1.6, 2.2);
    pen.stroke();
    pen.beginPath();
    pen.moveTo(120, 70);
    pen.bezierCurveTo(120, 145, 240, 145, 240, 70);
    pen.fill();
    pen.lineWidth = 4;
    pen.strokeStyle = "#fffa";
    for (const x of [155, 180, 205]) {
      pen.beginPath();
      pen.moveTo(x, 54);
      pen.bezierCurveTo(x - 10, 44, x + 10, 34, x, 22);
      pen.stroke();
    }
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File([await canvas.convertToBlob()], "first-flush.png", { type: "image/png" }));
    document.querySelector("#messages").dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true }));
  })()`);
}

/** All this happens within a second; the pictures show the times of a real conversation. */
async function spreadTimes(page: Page): Promise<void> {
  await page.evaluate(`for (const [at, time] of document.querySelectorAll(".entry time").entries()) {
    time.textContent = "09:" + String(41 + at).padStart(2, "0");
  }`);
}
