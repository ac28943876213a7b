// A server of the fediverse made with Fedify: somebody at /users/ana who accepts who follows, and posts on command.
// Usage: node fedify_peer.mjs PORT cavage|rfc9421. A line on standard input does something, a line on output says it is done.
import http from "node:http";
import readline from "node:readline";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const [port, knock] = process.argv.slice(2);
const from = createRequire(pathToFileURL(process.cwd() + "/"));
const { createFederation, MemoryKvStore, generateCryptoKeyPair } = await import(pathToFileURL(from.resolve("@fedify/fedify")));
const { Accept, Announce, Create, Delete, Endpoints, Follow, Note, Person, PUBLIC_COLLECTION, Tombstone, Undo, Update } =
  await import(pathToFileURL(from.resolve("@fedify/vocab")));

const origin = `http://127.0.0.1:${port}`;
const keys = await generateCryptoKeyPair("RSASSA-PKCS1-v1_5");
const say = (told) => process.stdout.write(JSON.stringify(told) + "\n");
let follower = null;

const federation = createFederation({
  kv: new MemoryKvStore(),
  allowPrivateAddress: true,
  firstKnock: knock === "rfc9421" ? "rfc9421" : "draft-cavage-http-signatures-12",
});
federation
  .setActorDispatcher("/users/{identifier}", async (ctx, identifier) => {
    if (identifier !== "ana") return null;
    const pairs = await ctx.getActorKeyPairs(identifier);
    return new Person({
      id: ctx.getActorUri(identifier),
      name: "Ana",
      preferredUsername: identifier,
      inbox: ctx.getInboxUri(identifier),
      outbox: ctx.getOutboxUri(identifier),
      endpoints: new Endpoints({ sharedInbox: ctx.getInboxUri() }),
      publicKey: pairs[0].cryptographicKey,
    });
  })
  .setKeyPairsDispatcher(async () => [keys]);
federation.setOutboxDispatcher("/users/{identifier}/outbox", async () => ({ items: [] }));
federation
  .setInboxListeners("/users/{identifier}/inbox", "/inbox")
  .on(Follow, async (ctx, follow) => {
    follower = await follow.getActor(ctx);
    const accept = new Accept({ id: new URL("/acts/accept/1", origin), actor: follow.objectId, object: follow });
    await ctx.sendActivity({ identifier: "ana" }, follower, accept);
    say({ did: "accept" });
  })
  .on(Accept, () => say({ did: "accepted" }))
  .on(Create, async (ctx, create) => {
    const post = await create.getObject(ctx);
    say({ did: "post", type: post instanceof Note ? "Note" : "Article", content: String(post.content) });
  })
  .on(Announce, (_, announce) => say({ did: "post", type: "Announce", content: announce.objectId.href }))
  .on(Undo, () => say({ did: "undo" }));

const post = (number, content) =>
  new Note({
    id: new URL(`/notes/${number}`, origin),
    attribution: new URL("/users/ana", origin),
    to: PUBLIC_COLLECTION,
    content,
  });

async function act({ do: what, number, content }) {
  const ctx = federation.createContext(new URL(origin), undefined);
  if (what === "follow") {
    const list = await ctx.lookupObject(content);
    const id = new URL(`/acts/follow/${number}`, origin);
    await ctx.sendActivity({ identifier: "ana" }, list, new Follow({ id, actor: new URL("/users/ana", origin), object: list.id }));
    return say({ did: what });
  }
  const actor = new URL("/users/ana", origin);
  const id = new URL(`/acts/${what}/${number}`, origin);
  const told = { id, actor, to: PUBLIC_COLLECTION };
  const activity = {
    create: () => new Create({ ...told, object: post(number, content) }),
    update: () => new Update({ ...told, object: post(number, content) }),
    delete: () => new Delete({ ...told, object: new Tombstone({ id: new URL(`/notes/${number}`, origin) }) }),
  }[what]();
  await ctx.sendActivity({ identifier: "ana" }, follower, activity);
  say({ did: what });
}

http
  .createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = ["GET", "HEAD"].includes(request.method) ? undefined : Buffer.concat(chunks);
    const headers = new Headers(request.headers);
    const answer = await federation.fetch(new Request(origin + request.url, { method: request.method, headers, body }), {
      contextData: undefined,
      onNotFound: () => new Response("", { status: 404 }),
      onNotAcceptable: () => new Response("", { status: 406 }),
    });
    response.writeHead(answer.status, Object.fromEntries(answer.headers));
    response.end(Buffer.from(await answer.arrayBuffer()));
  })
  .listen(Number(port), "127.0.0.1", () => say({ did: "listen" }));
readline.createInterface({ input: process.stdin }).on("line", (line) => act(JSON.parse(line)).catch((error) => say({ failed: String(error) })));
