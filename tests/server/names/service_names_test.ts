/** Names of services and of the server, and names of people that only have some of their letters. */
import { assertEquals } from "@std/assert";
import { ServiceNames } from "../../../lib/server/names/service_names.ts";

Deno.test("nobody can take a name that reads like a service or like the server", () => {
  const names = new ServiceNames("Parley");
  const reserved =
    "NickServ nickserv_ Nick_Serv Nick-Server xNickServ N1ckS3rv NlCKSERV NickServ2 NickService ＮickServ " +
    "NіckServ HelpServ identserv_ Pa55Serv [Serv] Services Server Syst3m SYSTEM_ Parley parIey pаrley Parley1 accounts";
  const free =
    "ann bob1 servus Serverin observer conserve preserves 1nick service7 admin systematic parleyan mailserver You " +
    "12 __ Юля";
  for (const name of reserved.split(" ")) assertEquals(names.has(name), true, name);
  for (const name of free.split(" ")) assertEquals(names.has(name), false, name);
  assertEquals(new ServiceNames("").has("12"), false);
});
