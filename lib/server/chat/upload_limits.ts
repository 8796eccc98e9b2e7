/**
 * Limits of the size, the number and the rate of shared files: for each owner, for each address, and for all together. A
 * running upload reserves what has arrived and a little more, never all that it announced. The sums come from the table of files
 * (store/uploads.ts), so nothing here depends on the number of files.
 */
import { createHmac } from "node:crypto";
import { isLoopback, peerOf } from "../../irc/address.ts";
import { fileSize } from "../../irc/file_size.ts";
import { fold } from "../../irc/names.ts";
import type { FileSum, UploadRow } from "../store/uploads.ts";
import type { Chat } from "./chat.ts";
import { Buckets } from "./throttle.ts";

/** The reason why a file is refused, as one sentence. */
export interface UploadFault {
  readonly kind: "too large" | "too many" | "too fast";
  readonly sentence: string;
  /** The time after which another try can succeed. */
  readonly retryMs?: number;
}

/** The limits that a file had to keep when it was sent. Every machine compares them with its sums. */
export interface FileLimits {
  readonly ownerFiles: number;
  readonly ownerBytes: number;
  /** All files together. */
  readonly totalBytes: number;
  /** Undefined for accounts with a role. */
  readonly originFiles?: number;
  readonly originBytes?: number;
}

/** Sums that a file is compared with. */
interface FileSums {
  readonly totalBytes: number;
  sumOfOwner(owner: string): FileSum;
  sumOfOrigin(origin: string): FileSum;
}

/** Whether a file still fits, when its event is applied: meanwhile other machines have added files. */
export function fits(
  files: FileSums,
  { owner, origin = "", bytes }: Pick<UploadRow, "owner" | "origin" | "bytes">,
  { ownerFiles, ownerBytes, totalBytes, originFiles = Infinity, originBytes = Infinity }: FileLimits,
): boolean {
  const own = files.sumOfOwner(owner);
  const near = files.sumOfOrigin(origin);
  return own.files < ownerFiles && own.bytes + bytes <= ownerBytes && near.files < originFiles &&
    near.bytes + bytes <= originBytes && files.totalBytes + bytes <= totalBytes;
}

/** One address has so many times the files and the rate of one user: a school is one address. */
const usersPerAddress = 10;
/** The burst after a pause: a person shares the pictures of a holiday. */
const burstMinutes = 10;
/** Uploads at the same time. */
const runningPerOwner = 10;
const runningPerOrigin = 100;
const runningRetryMs = 10_000;
/** An account is new for this long. New accounts and guests cannot use the last part of the space. */
const newMs = 24 * 3_600_000;
const shareOfNewcomers = 3 / 4;
/** No address can use more than this share of the space. */
const shareOfAddress = 1 / 2;
/** A running upload reserves so much more than has arrived. */
const windowBytes = 1024 * 1024;

type UploadChat = Pick<Chat, "accounts" | "clock" | "now" | "settings" | "store">;

interface Running {
  uploads: number;
  bytes: number;
}

/** The uploads of this machine. */
export class UploadLimits {
  readonly #chat: UploadChat;
  readonly #secret: Uint8Array;
  readonly #byOwner: Buckets;
  readonly #byOrigin: Buckets;
  readonly #running = new Map<string, Running>();
  #runningBytes = 0;

  constructor(chat: UploadChat, secret: Uint8Array) {
    this.#chat = chat;
    this.#secret = secret;
    const perSecond = chat.settings.uploadRate / 60;
    const rate = { burst: Math.max(1, perSecond * 60 * burstMinutes), perSecond };
    this.#byOwner = new Buckets(rate);
    this.#byOrigin = new Buckets({
      burst: rate.burst * usersPerAddress,
      perSecond: perSecond * usersPerAddress,
    });
  }

  /** The address as a keyed hash: the store does not keep who sent a file from where. */
  originOf(address: string): string {
    const peer = isLoopback(address) ? "localhost" : peerOf(address);
    return createHmac("sha256", this.#secret).update(`file origin ${peer}`).digest("base64url").slice(0, 16);
  }

  /** Begins an upload; `declaredBytes` is 0 if the length is not known. Call end() of the result. */
  begin(owner: string, address: string, declaredBytes: number): Upload | UploadFault {
    const upload = new Upload(this, owner, this.originOf(address), declaredBytes);
    const fault = this.#countFault(upload) ?? upload.declaredFault() ?? this.#rateFault(upload);
    if (fault !== undefined) return fault;
    for (const key of keysOf(upload)) this.#runningOf(key).uploads++;
    return upload;
  }

  /** The bytes that this owner can still share, from no address in particular. */
  freeBytes(owner: string): number {
    const { uploadSize } = this.#chat.settings;
    return Math.min(uploadSize, ...this.spaces({ owner, origin: "" }).map(({ free }) => free));
  }

  /** Removes full buckets. */
  sweep(nowMs: number): void {
    this.#byOwner.sweep(nowMs);
    this.#byOrigin.sweep(nowMs);
  }

  /** The limits for a file of this owner. */
  limitsOf(owner: string): FileLimits {
    const { uploadFiles, uploadQuota, uploadTotal, uploadPerAddress } = this.#chat.settings;
    const account = owner.startsWith("~") ? undefined : this.#chat.accounts.find(owner);
    const isNew = account === undefined || account.createdMs > this.#chat.now() - newMs;
    const hasRole = account !== undefined && account.role !== "";
    return {
      ownerFiles: uploadFiles,
      ownerBytes: uploadQuota,
      totalBytes: isNew && !hasRole ? Math.floor(uploadTotal * shareOfNewcomers) : uploadTotal,
      ...(!hasRole && {
        originFiles: uploadFiles * usersPerAddress,
        originBytes: Math.min(uploadPerAddress, Math.floor(uploadTotal * shareOfAddress)),
      }),
    };
  }

  /** The space that each limit leaves, with the sentence about a file that is larger. */
  spaces({ owner, origin }: { owner: string; origin: string }): { free: number; sentence: string }[] {
    const { store, settings } = this.#chat;
    const { ownerBytes, originBytes, totalBytes } = this.limitsOf(owner);
    const running = (key: string) => this.#running.get(key)?.bytes ?? 0;
    const left = (limit: number, used: number) => Math.max(0, limit - used);
    const mine = left(ownerBytes, (store?.files.sumOfOwner(owner).bytes ?? 0) + running(ownerKey(owner)));
    const near = originBytes === undefined
      ? Infinity
      : left(originBytes, (store?.files.sumOfOrigin(origin).bytes ?? 0) + running(originKey(origin)));
    const all = left(totalBytes, (store?.files.totalBytes ?? 0) + this.#runningBytes);
    const limits = totalBytes < settings.uploadTotal ? "files of guests and new accounts" : "files";
    return [
      {
        free: mine,
        sentence: `Your files leave ${fileSize(mine)} of your ${
          fileSize(ownerBytes)
        }: delete messages with files to get space`,
      },
      {
        free: near,
        sentence: `The files from your address leave ${fileSize(near)} of its ${
          fileSize(originBytes ?? 0)
        }: delete some of them, or tell the operator of this server`,
      },
      {
        free: all,
        sentence: `This server has ${
          fileSize(all)
        } left for ${limits}: try again later, or tell its operator`,
      },
    ];
  }

  /** The fault of a file of this size. */
  sizeFault(upload: Upload, bytes: number, reservedBytes: number): UploadFault | undefined {
    const { uploadSize } = this.#chat.settings;
    const tooLarge = (sentence: string): UploadFault => ({ kind: "too large", sentence });
    if (bytes > uploadSize) return tooLarge(`This server takes files up to ${fileSize(uploadSize)}`);
    const full = this.spaces(upload)
      .filter(({ free }) => bytes - reservedBytes > free)
      .sort((one, other) => one.free - other.free)[0];
    return full && tooLarge(full.sentence);
  }

  /** Changes the reserved bytes of a running upload. */
  reserve(upload: Upload, bytes: number): void {
    this.#runningBytes += bytes;
    for (const key of keysOf(upload)) this.#runningOf(key).bytes += bytes;
  }

  /** Ends a running upload that reserves nothing any more. */
  finish(upload: Upload): void {
    for (const key of keysOf(upload)) {
      if (--this.#runningOf(key).uploads <= 0) this.#running.delete(key);
    }
  }

  #countFault(upload: Upload): UploadFault | undefined {
    const { store } = this.#chat;
    const { ownerFiles, originFiles = Infinity } = this.limitsOf(upload.owner);
    const [own, near] = keysOf(upload).map((key) => this.#running.get(key)?.uploads ?? 0);
    if ((own ?? 0) >= runningPerOwner || (near ?? 0) >= runningPerOrigin) {
      const sentence = "Too many of your files are being sent: wait until one has arrived";
      return { kind: "too fast", sentence, retryMs: runningRetryMs };
    }
    if ((store?.files.sumOfOwner(upload.owner).files ?? 0) + (own ?? 0) >= ownerFiles) {
      const sentence =
        `You have ${ownerFiles} files, the most that this server keeps for one user: delete some`;
      return { kind: "too many", sentence };
    }
    if ((store?.files.sumOfOrigin(upload.origin).files ?? 0) + (near ?? 0) >= originFiles) {
      const sentence =
        `${originFiles} files came from your address, the most that this server keeps: delete some`;
      return { kind: "too many", sentence };
    }
    return undefined;
  }

  #rateFault({ owner, origin }: Upload): UploadFault | undefined {
    if (this.#chat.settings.uploadRate === 0) return undefined;
    const now = this.#chat.clock.monotonic();
    const key = fold(owner);
    const waitMs = Math.max(this.#byOwner.waitMs(key, now), this.#byOrigin.waitMs(origin, now));
    if (waitMs > 0) {
      const seconds = Math.ceil(waitMs / 1000);
      const sentence = `You send files too fast: try again in ${seconds} second${seconds === 1 ? "" : "s"}`;
      return { kind: "too fast", sentence, retryMs: waitMs };
    }
    this.#byOwner.tryTake(key, now);
    this.#byOrigin.tryTake(origin, now);
    return undefined;
  }

  #runningOf(key: string): Running {
    const found = this.#running.get(key) ?? { uploads: 0, bytes: 0 };
    this.#running.set(key, found);
    return found;
  }
}

/** One running upload. */
export class Upload {
  readonly owner: string;
  readonly origin: string;
  readonly declaredBytes: number;
  readonly #limits: UploadLimits;
  #reserved = 0;

  constructor(limits: UploadLimits, owner: string, origin: string, declaredBytes: number) {
    this.#limits = limits;
    this.owner = owner;
    this.origin = origin;
    this.declaredBytes = declaredBytes;
  }

  /** The fault of the announced length; without one, the fault of one byte. */
  declaredFault(): UploadFault | undefined {
    return this.#limits.sizeFault(this, this.declaredBytes > 0 ? this.declaredBytes : 1, 0);
  }

  /** So many bytes have arrived: reserves them and a little more, or returns why there is no space. */
  arrived(bytes: number): UploadFault | undefined {
    if (bytes <= this.#reserved) return undefined;
    const wanted = bytes + windowBytes;
    const most = Math.max(bytes, this.declaredBytes > 0 ? Math.min(this.declaredBytes, wanted) : wanted);
    if (this.#limits.sizeFault(this, most, this.#reserved) === undefined) return this.#reserve(most);
    return this.#limits.sizeFault(this, bytes, this.#reserved) ?? this.#reserve(bytes);
  }

  /** Gives the reserved space back; a second call does nothing. */
  end(): void {
    if (this.#reserved < 0) return;
    this.#reserve(0);
    this.#limits.finish(this);
    this.#reserved = -1;
  }

  #reserve(bytes: number): undefined {
    this.#limits.reserve(this, bytes - this.#reserved);
    this.#reserved = bytes;
  }
}

function ownerKey(owner: string): string {
  return `owner ${fold(owner)}`;
}

function originKey(origin: string): string {
  return `origin ${origin}`;
}

function keysOf({ owner, origin }: Pick<Upload, "owner" | "origin">): [string, string] {
  return [ownerKey(owner), originKey(origin)];
}
