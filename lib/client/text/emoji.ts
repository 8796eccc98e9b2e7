/** Short names of common emoji, to complete ":name". Any other emoji can be typed or pasted. */

const names = `
smile 😄 grin 😁 joy 😂 rofl 🤣 smiley 😃 slight_smile 🙂 upside_down 🙃 wink 😉 blush 😊 innocent 😇 heart_eyes 😍
star_struck 🤩 kiss 😘 yum 😋 tongue 😛 zany 🤪 hug 🤗 giggle 🤭 shush 🤫 thinking 🤔 salute 🫡 zipper 🤐 raised_eyebrow 🤨
neutral 😐 expressionless 😑 smirk 😏 unamused 😒 eye_roll 🙄 grimace 😬 relieved 😌 pensive 😔 sleepy 😪 sleeping 😴
mask 😷 sick 🤢 sneeze 🤧 hot 🥵 cold 🥶 dizzy 😵 mind_blown 🤯 cowboy 🤠 party 🥳 cool 😎 nerd 🤓 monocle 🧐
confused 😕 worried 😟 frown 🙁 open_mouth 😮 astonished 😲 flushed 😳 pleading 🥺 cry 😢 sob 😭 scream 😱 sweat 😓
sweat_smile 😅 tired 😫 yawn 🥱 angry 😠 rage 😡 skull 💀 poop 💩 clown 🤡 ghost 👻 alien 👽 robot 🤖 cat_face 🐱
see_no_evil 🙈 hear_no_evil 🙉 speak_no_evil 🙊 heart ❤️ orange_heart 🧡 yellow_heart 💛 green_heart 💚 blue_heart 💙
purple_heart 💜 broken_heart 💔 sparkling_heart 💖 hundred 💯 boom 💥 dash 💨 wave 👋 raised_hand ✋ ok_hand 👌
pinch 🤏 v ✌️ crossed_fingers 🤞 rock_on 🤘 call_me 🤙 point_left 👈 point_right 👉 point_up 👆 point_down 👇
thumbsup 👍 thumbsdown 👎 fist ✊ punch 👊 clap 👏 raised_hands 🙌 open_hands 👐 pray 🙏 handshake 🤝 muscle 💪 eyes 👀
brain 🧠 baby 👶 facepalm 🤦 shrug 🤷 dancer 💃 running 🏃 dog 🐶 cat 🐈 mouse 🐭 fox 🦊 bear 🐻 panda 🐼 unicorn 🦄
bee 🐝 bug 🐛 butterfly 🦋 snail 🐌 turtle 🐢 snake 🐍 octopus 🐙 crab 🦀 whale 🐳 dolphin 🐬 fish 🐟 penguin 🐧
bird 🐦 owl 🦉 chick 🐤 frog 🐸 dragon 🐉 cactus 🌵 tree 🌳 leaf 🍃 clover 🍀 rose 🌹 sunflower 🌻 tulip 🌷 mushroom 🍄
apple 🍎 banana 🍌 cherry 🍒 strawberry 🍓 lemon 🍋 avocado 🥑 pizza 🍕 burger 🍔 fries 🍟 taco 🌮 sushi 🍣 cookie 🍪
cake 🍰 birthday 🎂 chocolate 🍫 popcorn 🍿 coffee ☕ tea 🍵 beer 🍺 beers 🍻 wine 🍷 cocktail 🍸 champagne 🍾 cheers 🥂
fire 🔥 star ⭐ sparkles ✨ zap ⚡ rainbow 🌈 sun ☀️ cloud ☁️ rain 🌧️ snow ❄️ snowman ⛄ ocean 🌊 moon 🌙 earth 🌍
tada 🎉 confetti 🎊 balloon 🎈 gift 🎁 trophy 🏆 medal 🏅 soccer ⚽ game 🎮 dice 🎲 music 🎵 guitar 🎸 art 🎨 movie 🎬
car 🚗 bike 🚲 train 🚆 plane ✈️ rocket 🚀 ship 🚢 anchor ⚓ house 🏠 tent ⛺ phone 📱 laptop 💻 keyboard ⌨️ bulb 💡
book 📖 books 📚 memo 📝 pencil ✏️ clip 📎 pin 📌 mail 📧 package 📦 calendar 📅 chart 📈 lock 🔒 unlock 🔓 key 🔑
hammer 🔨 wrench 🔧 gear ⚙️ magnet 🧲 hourglass ⏳ alarm ⏰ bell 🔔 mute 🔇 loudspeaker 📢 warning ⚠️ no_entry ⛔
check ✅ cross ❌ question ❓ exclamation ❗ plus ➕ minus ➖ arrow_right ➡️ arrow_left ⬅️ arrow_up ⬆️ arrow_down ⬇️
recycle ♻️ white_flag 🏳️ pirate 🏴‍☠️ rainbow_flag 🏳️‍🌈 crown 👑 gem 💎 money 💰 seedling 🌱 teapot 🫖 bow 🙇
`.trim().split(/\s+/);

/** Emoji by short name. */
export const emoji: ReadonlyMap<string, string> = new Map(
  names.flatMap((name, at) => at % 2 === 0 ? [[name, names[at + 1] ?? ""] as const] : []),
);
