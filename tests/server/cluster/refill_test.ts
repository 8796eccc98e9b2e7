import { assertEquals } from "@std/assert";
import { Clock } from "../../../lib/irc/clock.ts";
import { Refill } from "../../../lib/server/cluster/refill.ts";
import { openFolder } from "../../../lib/server/store/open.ts";
import { Store } from "../../../lib/server/store/store.ts";
import { temporaryFolder } from "../../support/folder.ts";
import { onSmallDisk, smallDisk } from "../../support/small_disk.ts";

for (const isRefilled of [true, false]) {
  const end = isRefilled ? "takes it from another" : "counts it as lost if no other has it";
  Deno.test(
    `a machine whose disk is full for long gives its history to nobody, and ${end}`,
    onSmallDisk,
    async () => {
      using place = temporaryFolder();
      using disk = smallDisk();
      let now = 0;
      using store = new Store(openFolder(place.folder, "normal"), {
        clock: new Clock({ monotonic: () => now }),
        unsavedLimit: 5000,
      });
      store.database.onProblem = () => {};
      const calls: string[] = [];
      const bus = {
        withdraw: () => void calls.push("withdraw"),
        serve: () => void calls.push("serve"),
        rejoin() {
          calls.push("rejoin");
          return Promise.resolve(isRefilled);
        },
      };
      const refill = new Refill(store, bus, () => {});
      const tell = (stamp: number, text: string) =>
        store.history.append(
          store.conversations.channel("#tea", "#tea"),
          0,
          stamp,
          `:ann PRIVMSG #tea :${text}`,
        );
      tell(1, "saved");
      store.commit();
      disk.fill();
      tell(2, "x".repeat(6000));
      store.commit();
      for (const stamp of [3, 4]) tell(stamp, "dropped");
      refill.sweep();
      assertEquals([store.history.isCut, store.database.records.lost, calls], [true, 0, ["withdraw"]]);
      disk.freeSpace();
      now += 60_000;
      store.commit();
      tell(5, "not after a hole");
      assertEquals(store.history.newestStamp, 2);
      for (let count = 0; count < (isRefilled ? 1 : 15); count++) {
        refill.sweep();
        await new Promise((resolve) => setTimeout(resolve, 0));
      }
      assertEquals(new Set(calls), new Set(["withdraw", "rejoin", ...(isRefilled ? [] : ["serve"])]));
      assertEquals([store.history.isCut, store.database.records.lost], isRefilled ? [true, 0] : [false, 3]);
    },
  );
}
