/** The host names the web side accepts, so that the domain of another site cannot point to it. */
import { assertEquals, assertMatch } from "@std/assert";
import { hostName, isOwnHost, unknownHostSentence } from "../../../lib/server/web/host_check.ts";

const names = ["chat.example:8443", "[2001:db8::1]", "Box.Office.example"];

const hosts: readonly (readonly [header: string, isForUs: boolean])[] = [
  ["127.0.0.1:6680", true],
  ["192.168.1.5", true],
  ["[::1]:6680", true],
  ["[2001:db8::7]", true],
  ["localhost:6680", true],
  ["LOCALHOST.", true],
  ["page.localhost", true],
  ["attic:6680", true],
  ["attic.local:6680", true],
  ["parley.chat.svc.cluster.local", true],
  ["attic.lan", true],
  ["attic.home.arpa", true],
  ["attic.corp.internal", true],
  ["chat.example", true],
  ["Chat.Example:6680", true],
  ["box.office.example", true],
  ["evil.example:6680", false],
  ["chat.example.evil.example", false],
  ["xchat.example", false],
  ["local.evil.example", false],
  ["evil.example.local.", true],
  ["127.0.0.1.evil.example", false],
  ["evil.example@127.0.0.1", false],
  ["evil.example/127.0.0.1", false],
  ["evil.example#.local", false],
  ["evil.example\\.local", false],
  ["", false],
  [":6680", false],
  ["two words", false],
];

Deno.test("a Host header is accepted if it is an address, a local name or a name of this server", () => {
  for (const [header, wanted] of hosts) assertEquals([header, isOwnHost(header, names)], [header, wanted]);
});

Deno.test("an unknown Host gets one sentence about the setting, a malformed one gets an error", () => {
  assertMatch(
    unknownHostSentence("tea.example:6680"),
    /"tea\.example": .*--web-address .*http:\/\/tea\.example:6680$/,
  );
  assertEquals(hostName("a b"), undefined);
  assertEquals(unknownHostSentence("<script>"), "The Host header is malformed");
});
