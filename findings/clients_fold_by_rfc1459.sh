#!/usr/bin/env bash
# Some clients take "ann[x]" and "ann{x}" for one person, although the server says that they are two.
#
# Expected: with CASEMAPPING=ascii in RPL_ISUPPORT, only the letters A to Z have two forms, so a channel with "ann[x]",
# "ann{x}" and "bob" has three members. When "ann{x}" leaves, "ann[x]" and "bob" stay.
# Seen: python3-irc and ERC always fold by RFC 1459, where [ ] \ are the capital forms of { } |. Both know two members,
# and one after ann{x} has left.
# For a chat server: CASEMAPPING alone does not protect people from being confused. Refuse a nick that RFC 1459 takes for
# one in use or for the name of an account.
# Our code: lib/server/chat/nick_holder.ts.
# Source: https://modern.ircdocs.horse/#casemapping-parameter
set -euo pipefail

python=/usr/bin/python3
"$python" -c "import irc.client" 2>/dev/null || { echo "This needs python3-irc: apt-get install python3-irc"; exit 2; }
command -v emacs >/dev/null || { echo "This needs ERC: apt-get install emacs-nox"; exit 2; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

cat >"$folder/server.py" <<'PROGRAM'
"""A server for one client: it names the members of #tea, and ann{x} leaves when the client asks for them with WHO."""
import socket
import sys

listener = socket.create_server(("127.0.0.1", 0))
with open(sys.argv[1], "w") as file:
    file.write(f"{listener.getsockname()[1]}\n")
connection, _ = listener.accept()
for line in connection.makefile(encoding="utf-8", errors="replace"):
    command = line.split(" ")[0].strip().upper()
    answers = {
        "USER": [
            ":server 001 bob :Welcome bob!bob@host",
            ":server 005 bob CASEMAPPING=ascii :are supported by this server",
            ":server 422 bob :There is no message of the day",
        ],
        "JOIN": [
            ":bob!bob@host JOIN #tea",
            ":server 353 bob = #tea :ann[x] ann{x} bob",
            ":server 366 bob #tea :End of /NAMES list",
        ],
        "WHO": [":ann{x}!ann@host PART #tea", ":server 315 bob #tea :End of WHO list"],
    }.get(command, [])
    connection.sendall("".join(f"{answer}\r\n" for answer in answers).encode())
PROGRAM

cat >"$folder/client.py" <<'PROGRAM'
import sys

import irc.bot


class Bot(irc.bot.SingleServerIRCBot):
    def show(self):
        print(" ".join(sorted(self.channels["#tea"].users())), flush=True)

    def on_welcome(self, connection, _event):
        connection.join("#tea")

    def on_endofnames(self, connection, _event):
        self.show()
        connection.who("#tea")

    def on_endofwho(self, _connection, _event):
        self.show()
        sys.exit()


Bot([irc.bot.ServerSpec("127.0.0.1", int(sys.argv[1]))], "bob", "bob").start()
PROGRAM

cat >"$folder/client.el" <<'PROGRAM'
(require 'erc)
(defun members ()
  (with-current-buffer "#tea"
    (let (names)
      (maphash (lambda (_ user) (push (erc-server-user-nickname (car user)) names)) erc-channel-users)
      (string-join (sort names #'string<) " "))))
(defun wait-until (check)
  (let ((late (+ (float-time) 15)))
    (while (and (not (funcall check)) (< (float-time) late)) (accept-process-output nil 0.05))))
(let* ((inhibit-message t) (ended nil) (erc-prompt-for-password nil)
       (server (erc :server "127.0.0.1" :port (string-to-number (getenv "IRC_PORT")) :nick "bob" :full-name "bob")))
  (add-hook 'erc-after-connect (lambda (&rest _) (with-current-buffer server (erc-server-send "JOIN #tea"))))
  (add-hook 'erc-server-366-functions (lambda (&rest _) (setq ended t) nil))
  (wait-until (lambda () ended))
  (let ((before (members)))
    (setq ended nil)
    (add-hook 'erc-server-315-functions (lambda (&rest _) (setq ended t) nil))
    (with-current-buffer server (erc-server-send "WHO #tea"))
    (wait-until (lambda () ended))
    (let ((inhibit-message nil)) (princ (format "%s\n%s\n" before (members))))))
(kill-emacs)
PROGRAM

# Starts the server for one client, and puts its port into $port.
start_server() {
  rm -f "$folder/port"
  timeout 40 "$python" "$folder/server.py" "$folder/port" &
  for _ in {1..100}; do
    if [[ -s $folder/port ]]; then break; fi
    sleep 0.05
  done
  port=$(<"$folder/port")
}

start_server
by_python=$(timeout 20 "$python" "$folder/client.py" "$port" || true)
start_server
by_erc=$(HOME=$folder IRC_PORT=$port timeout 30 emacs -Q --batch --load "$folder/client.el" 2>/dev/null || true)
"$python" -c 'import importlib.metadata as packages; print("python3-irc", packages.version("irc"))'
emacs --version | head -1
echo 'expected: members "ann[x] ann{x} bob", then "ann[x] bob"'
echo "seen: python3-irc: members \"${by_python/$'\n'/\", then \"}\""
echo "      ERC: members \"${by_erc/$'\n'/\", then \"}\""
[[ $by_python != *"ann[x]"*"ann{x}"* && $by_python == *$'\n'bob && $by_erc != *"ann[x]"*"ann{x}"* && $by_erc == *$'\n'bob ]]
