/** What shaders that walk over a tensor have in common. */

/** Threads of a workgroup. */
export const THREADS = 256;

/** Workgroups that walk over `size` values, each thread taking several where there are many. */
export const walkers = (size: number): number => Math.max(1, Math.min(1024, Math.ceil(size / THREADS)));

/** WGSL: a loop over i in 0 .. u.size - 1, shared out over all threads. */
export const overAll = (statement: string): string => `
  for (var i = i32(gid.x); i < u.size; i += i32(groups.x) * ${THREADS}) {
    ${statement}
  }`;

/**
 * WGSL: the sum of `value` over the workgroup's threads, left in sums[0] (a var<workgroup> array of THREADS floats).
 * A tree, so that float32 loses little; to be called by all threads.
 */
export const SUM_OVER_GROUP = `
fn sumOverGroup(index : u32, value : f32) {
  sums[index] = value;
  workgroupBarrier();
  for (var half = ${THREADS / 2}u; half > 0u; half /= 2u) {
    if (index < half) { sums[index] += sums[index + half]; }
    workgroupBarrier();
  }
}`;
