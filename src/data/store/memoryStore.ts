/** Images kept in memory: in Node, and in a browser whose storage is full. */
import type { ImageManifest, ImageStore, Shard } from './imageStore.ts';

export function createMemoryStore(): ImageStore {
  const manifests = new Map<string, ImageManifest>();
  const shards = new Map<string, Shard[]>();
  const key = (name: string, split: string): string => JSON.stringify([name, split]);
  return {
    kind: 'memory',
    manifests: async () => [...manifests.values()],
    manifest: async (name) => manifests.get(name),
    putManifest: async (manifest) => void manifests.set(manifest.name, manifest),
    putShard: async (name, split, place, shard) => {
      const list = shards.get(key(name, split)) ?? [];
      list[place] = shard;
      shards.set(key(name, split), list);
    },
    indexes: async (name, split) => (shards.get(key(name, split)) ?? []).map(({ index }) => index),
    shard: async (name, split, place) => shards.get(key(name, split))?.[place]?.bytes,
    remove: async (name) => {
      manifests.delete(name);
      for (const split of ['train', 'test']) shards.delete(key(name, split));
    },
  };
}

/** Moves what is stored of a set, one shard at a time. */
export async function moveSet(name: string, from: ImageStore, to: ImageStore): Promise<void> {
  const manifest = await from.manifest(name);
  if (manifest) await to.putManifest(manifest);
  for (const split of ['train', 'test'] as const) {
    for (const [place, index] of (await from.indexes(name, split)).entries()) {
      const bytes = await from.shard(name, split, place);
      if (!bytes) throw new Error(`The stored copy of ${name} lost a part. Import it again.`);
      await to.putShard(name, split, place, { index, bytes });
    }
  }
  await from.remove(name);
}
