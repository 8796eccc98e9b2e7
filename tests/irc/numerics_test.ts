/** The table of numerics is consistent and complete. */
import { assertEquals, assertMatch } from "@std/assert";
import { numericName, numerics } from "../../lib/irc/numerics.ts";

const rows = Object.entries(numerics);

/**
 * Every code that a server can send to a client today, as named on modern.ircdocs.horse and in the monitor and SASL
 * specs.
 */
const expected =
  `001 002 003 004 005 010 212 219 221 242 251 252 253 254 255 256 257 258 259 263 265 266 276 300 301 302 303 305 306
  307 311 312 313 314 315 317 318 319 320 321 322 323 324 325 329 330 331 332 333 335 336 337 338 341 346 347 348 349
  351 352 353 354 364 365 366 367 368 369 371 372 374 375 376 378 379 381 382 391 396 400 401 402 403 404 405 406 407
  409 410 411 412 415 417 421 422 431 432 433 436 437 441 442 443 451 461 462 463 464 465 466 467 471 472 473 474 475
  476 477 478 481 482 483 484 491 501 502 524 525 670 671 691 696 704 705 706 710 711 712 713 714 723 728 729 730 731
  732 733 734 900 901 902 903 904 905 906 907 908`.split(/\s+/);

Deno.test("numerics contains each code once, with three digits, in order", () => {
  const codes = rows.map(([, [code]]) => code);
  assertEquals(codes.filter((code) => !/^\d{3}$/.test(code)), []);
  assertEquals(codes, [...new Set<string>(codes)].sort() as typeof codes);
});

Deno.test("numerics contains every code that a client can receive", () => {
  assertEquals(expected.filter((code) => numericName(code) === undefined), []);
});

Deno.test("numerics names replies RPL_ and refusals ERR_", () => {
  for (const [name, [code]] of rows) {
    assertMatch(name, /^(RPL|ERR)_[A-Z_]+[12]?$/);
    if (/^[45]/.test(code)) assertMatch(name, /^ERR_/);
    if (/^[0-3]/.test(code)) assertMatch(name, /^RPL_/);
  }
});

Deno.test("numerics has texts that fit into a line", () => {
  for (const [name, [, text]] of rows) assertMatch(text, /^[ -~]{0,60}$/, name);
});

Deno.test("numericName() finds the name of a code", () => {
  assertEquals(numericName("001"), "RPL_WELCOME");
  assertEquals(numericName("433"), "ERR_NICKNAMEINUSE");
  assertEquals(numericName("999"), undefined);
  assertEquals(numericName("PRIVMSG"), undefined);
});
