/** Whether a paste or a drop means words, files or folders, in the forms that programs give it. */
import { assertEquals } from "@std/assert";
import { htmlText } from "../../../lib/client/elements/html_text.ts";
import {
  type Transfer,
  transferContent,
  type TransferItem,
} from "../../../lib/client/elements/transfer_content.ts";

type Texts = Readonly<Record<string, string>>;

function transfer(texts: Texts, ...items: TransferItem[]): Transfer {
  const words = Object.keys(texts).map(() => ({ kind: "string", getAsFile: () => null }));
  return { items: [...words, ...items], getData: (type) => texts[type] ?? "" };
}

const picture = (name = "image.png"): TransferItem => file(name, "image/png");

function file(name: string, type = ""): TransferItem {
  return { kind: "file", getAsFile: () => new File(["x"], name, { type }) };
}

/** A folder as browsers with entries give it: its File cannot be read. */
function folder(name: string): TransferItem {
  return { ...file(name), webkitGetAsEntry: () => ({ isDirectory: true, name }) };
}

/** "text: …" or the names of the files and folders. */
function summary(data: Transfer): string {
  const { text, files, folders, isWithheld } = transferContent(data);
  const parts = [
    text && `text: ${text}`,
    files.length > 0 && `files: ${files.map(({ name }) => name).join()}`,
    folders.length > 0 && `folders: ${folders.join()}`,
    isWithheld && "withheld",
  ];
  return parts.filter(Boolean).join("; ");
}

const cells = "<html><body><!--StartFragment--><table><tr><td>tea</td><td>2</td></tr></table></body></html>";
const image = '<meta charset="utf-8"><img src="https://x.example/p.png" alt="a pot">';

const cases: readonly (readonly [name: string, data: Transfer, expected: string])[] = [
  ["cells", transfer({ "text/plain": "tea\t2", "text/html": cells }, picture()), "text: tea\t2"],
  ["cells without plain text", transfer({ "text/html": cells }, picture()), "text: tea\t2"],
  [
    "words in HTML only",
    transfer({ "text/html": "<p>one</p><p>two &amp; &#x1F375;</p>" }),
    "text: one\ntwo & 🍵",
  ],
  [
    "a cell with an address",
    transfer({ "text/plain": "https://x.example/", "text/html": "<td>https://x.example/</td>" }, picture()),
    "text: https://x.example/",
  ],
  ["words with a picture, without HTML", transfer({ "text/plain": "hello" }, picture()), "text: hello"],
  ["a picture alone", transfer({}, picture()), "files: image.png"],
  ["a picture of a web page", transfer({ "text/html": image }, picture()), "files: image.png"],
  [
    "a picture of a web page with its address",
    transfer({ "text/plain": "https://x.example/p.png" }, picture("p.png")),
    "files: p.png",
  ],
  [
    "a picture dragged from another page",
    transfer({ "text/uri-list": "https://x.example/p.png", "text/html": image }, picture("p.png")),
    "files: p.png",
  ],
  [
    "files of a file manager",
    transfer(
      {
        "text/uri-list": "file:///home/ann/tea%20pot.txt\r\nfile:///home/ann/b.zip",
        "text/plain": "/home/ann/tea pot.txt\n/home/ann/b.zip",
      },
      file("tea pot.txt"),
      file("b.zip"),
    ),
    "files: tea pot.txt,b.zip",
  ],
  [
    "paths as addresses",
    transfer({ "text/plain": "file:///a/tea%20pot.png" }, picture("tea pot.png")),
    "files: tea pot.png",
  ],
  [
    "a picture of the screen with the path of its file",
    transfer({ "text/plain": "/home/ann/Pictures/Screenshot 1.png" }, picture()),
    "files: image.png",
  ],
  [
    "the same on Windows",
    transfer({ "text/plain": "C:\\Users\\ann\\shot.jpg" }, picture()),
    "files: image.png",
  ],
  ["a path that no picture has", transfer({ "text/plain": "/etc/passwd" }, picture()), "text: /etc/passwd"],
  ["a Windows path", transfer({ "text/plain": "C:\\docs\\a.txt" }, file("a.txt")), "files: a.txt"],
  ["a folder", transfer({ "text/plain": "/home/ann/tea" }, folder("tea")), "folders: tea"],
  ["a folder and files", transfer({}, folder("tea"), file("a.txt")), "files: a.txt; folders: tea"],
  ["a file that the browser keeps back", transfer({ "text/uri-list": "file:///a/b.txt" }), "withheld"],
  [
    "a link",
    transfer({ "text/uri-list": "https://x.example/", "text/plain": "https://x.example/" }),
    "text: https://x.example/",
  ],
  [
    "the address of a picture",
    transfer({ "text/uri-list": "# it\nhttps://x.example/p.png", "text/html": image }),
    "text: https://x.example/p.png",
  ],
  ["RTF alone", transfer({ "text/rtf": "{\\rtf1 hello}" }), ""],
  ["a document and its words", transfer({ "text/plain": "a report" }, file("report.docx")), "text: a report"],
];

Deno.test("words win over their picture; pictures and files are files; folders are told apart", () => {
  const found = cases.map(([name, data]) => [name, summary(data)]);
  assertEquals(found, cases.map(([name, , expected]) => [name, expected]));
});

Deno.test("the words of HTML have no markup, and broken HTML of any size costs linear time", () => {
  const word =
    "<head><style>p{}</style><title>no</title></head><p class=x>a <b>b</b>\n c<br>d</p><script>x</script>";
  assertEquals(htmlText(word), "a b c\nd");
  assertEquals(htmlText("1 &lt; 2 &bogus; &#0; &#9999999;"), "1 < 2 &bogus; &#0; &#9999999;");
  for (const part of ["<", "<!--", "<style>", "<style", "</", "&#", "<td></td>", "\n <br> "]) {
    htmlText(part.repeat(50_000));
  }
});
