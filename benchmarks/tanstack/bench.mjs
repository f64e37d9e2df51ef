// The workloads (see ../WORKLOADS.md) on @tanstack/query-core.
//   node bench.mjs                 every workload, one fresh process each, one JSON object per line
//   node bench.mjs --only W3,W8a   the named ones
//   node bench.mjs --in-process    no child processes (used by the parent for each child)
//   --stale inf                    staleTime Infinity instead of 5 minutes (no stale timers)
//   --server                       leave the "server" default of node (no timers at all)
//   --defaults                     put staleTime/gcTime/retry into the client's defaultOptions as most
//                                  apps do, instead of into each query's options (much slower on V8)
process.env.NODE_ENV = 'production'
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import v8 from 'node:v8'
import vm from 'node:vm'

const args = process.argv.slice(2)
const opt = (name) => {
  const i = args.indexOf(name)
  return i < 0 ? undefined : args[i + 1]
}
const has = (name) => args.includes(name)

const {
  QueryClient, QueryObserver, InfiniteQueryObserver, MutationObserver, environmentManager,
} = await import('@tanstack/query-core')

v8.setFlagsFromString('--expose-gc')
const gc = vm.runInNewContext('gc')

if (!has('--server')) environmentManager.setIsServer(() => false)

const MIN5 = 5 * 60 * 1000
const STALE = opt('--stale') === 'inf' ? Infinity : MIN5

// ---------------------------------------------------------------- common pieces
const item = (i, v) => ({ id: i, name: 'item-' + i, value: v, done: false })
const noop = () => {}
const now = () => Number(process.hrtime.bigint()) / 1e9

const DEFAULTS = has('--defaults')
function makeClient() {
  const client = new QueryClient(DEFAULTS
    ? { defaultOptions: { queries: { staleTime: STALE, gcTime: MIN5, retry: false } } } : {})
  client.mount()
  return client
}
// gcTime: the library's own default already is 5 minutes; retry never comes into play.
const Q = DEFAULTS
  ? (queryKey, queryFn) => ({ queryKey, queryFn })
  : (queryKey, queryFn) => ({ queryKey, queryFn, staleTime: STALE })
function dispose(client) {
  client.clear()
  client.unmount()
}

class Probe {
  count = 0; sum = 0; success = 0; fetching = 0; last = -1
  on = (r) => {
    this.count++
    if (r.isFetching) this.fetching++
    if (r.data !== undefined) {
      this.last = r.data.value
      this.sum += this.last
      if (!r.isFetching) this.success++
    }
  }
}

function check(cond, what) {
  if (!cond) throw new Error('check failed: ' + what)
}

const median = (xs) => {
  const s = [...xs].sort((a, b) => a - b)
  return s.length % 2 ? s[s.length >> 1] : (s[s.length / 2 - 1] + s[s.length / 2]) / 2
}

/** rep(): does its own set-up, returns {seconds, ...extra}; the timed part is its own affair. */
async function drive(rep, { minReps = 5, minSeconds = 1, warmSeconds = 0.7, warmReps = 3, maxReps = 25 } = {}) {
  let t = 0
  for (let i = 0; i < warmReps || t < warmSeconds; i++) {
    gc()
    t += (await rep()).seconds
    if (i >= 200) break
  }
  const reps = []
  t = 0
  while (reps.length < minReps || (t < minSeconds && reps.length < maxReps)) {
    gc()
    const r = await rep()
    reps.push(r)
    t += r.seconds
  }
  return reps
}

function report(id, name, n, reps, pick = []) {
  const s = reps.map((r) => r.seconds)
  const sec = median(s)
  const extra = { reps: reps.length, min_s: Math.min(...s), max_s: Math.max(...s) }
  for (const k of pick) extra[k] = median(reps.map((r) => r[k]))
  return { contender: 'tanstack', workload: id, name, n, seconds: sec, ops_per_s: n / sec, extra }
}

// ---------------------------------------------------------------- workloads
const W = {}
const KEYS = 10_000
const spread = (j) => (j * 7919) % KEYS

function seeded() {
  const client = makeClient()
  for (let i = 0; i < KEYS; i++) client.setQueryData(['item', i], item(i, i))
  return client
}

W.W1a = async () => {
  const n = 1_000_000
  const client = seeded()
  const reps = await drive(async () => {
    let sum = 0
    const t = now()
    for (let j = 0; j < n; j++) {
      const s = client.getQueryState(['item', spread(j)])
      if (s !== undefined && s.data !== undefined && !s.isInvalidated && s.dataUpdatedAt + STALE > Date.now()) sum += s.data.value
    }
    const seconds = now() - t
    check(sum === (n / KEYS) * (KEYS * (KEYS - 1)) / 2, 'sum')
    return { seconds }
  })
  return report('W1a', 'cache-hit read', n, reps)
}

W.W1c = async () => {
  const n = 200_000
  const client = seeded()
  let fetches = 0
  const queryFn = () => { fetches++; return item(0, 0) }
  const reps = await drive(async () => {
    let sum = 0
    const t = now()
    for (let j = 0; j < n; j++) {
      const d = await client.query(Q(['item', spread(j)], queryFn))
      sum += d.value
    }
    const seconds = now() - t
    check(sum === (n / KEYS) * (KEYS * (KEYS - 1)) / 2, 'sum')
    check(fetches === 0, 'no fetch')
    return { seconds }
  })
  return report('W1c', 'fetch API on a fresh key, awaited', n, reps)
}

W.W2 = async () => {
  const n = 100_000
  const client = seeded()
  let fetches = 0
  const queryFn = () => { fetches++; return item(0, 0) }
  const reps = await drive(async () => {
    let sum = 0
    const t = now()
    for (let j = 0; j < n; j++) {
      const o = new QueryObserver(client, Q(['item', spread(j)], queryFn))
      const off = o.subscribe(noop)
      const r = o.getCurrentResult()
      if (r.isSuccess && !r.isFetching) sum += r.data.value
      off()
    }
    const seconds = now() - t
    check(sum === (n / KEYS) * (KEYS * (KEYS - 1)) / 2, 'sum')
    check(fetches === 0, 'no fetch')
    return { seconds }
  })
  return report('W2', 'subscribe + unsubscribe, fresh', n, reps)
}

W.W3 = async () => {
  const observers = 1000, sets = 200, n = observers * sets
  const reps = await drive(async () => {
    const client = makeClient()
    client.setQueryData(['item', 0], item(0, 0))
    const probes = []
    for (let i = 0; i < observers; i++) {
      const p = new Probe()
      new QueryObserver(client, Q(['item', 0], () => item(0, 0))).subscribe(p.on)
      probes.push(p)
    }
    const t = now()
    for (let v = 1; v <= sets; v++) client.setQueryData(['item', 0], item(0, v))
    const seconds = now() - t
    let count = 0, sum = 0
    for (const p of probes) { count += p.count; sum += p.sum }
    check(count === n, 'deliveries ' + count)
    check(sum === observers * sets * (sets + 1) / 2, 'sum')
    dispose(client)
    return { seconds }
  })
  return report('W3', 'fan-out 1 query x 1000 observers', n, reps)
}

W.W4 = async () => {
  const n = 100_000
  const reps = await drive(async () => {
    const client = makeClient()
    let done = 0, sum = 0, resolve
    const all = new Promise((r) => (resolve = r))
    const on = (r) => {
      if (r.isSuccess && !r.isFetching) { sum += r.data.value; if (++done === n) resolve() }
    }
    const queryFn = ({ queryKey }) => item(queryKey[1], queryKey[1])
    const offs = new Array(n)
    gc()
    const before = process.memoryUsage().heapUsed
    const t = now()
    for (let i = 0; i < n; i++) offs[i] = new QueryObserver(client, Q(['item', i], queryFn)).subscribe(on)
    await all
    const seconds = now() - t
    gc()
    const bytes = (process.memoryUsage().heapUsed - before) / n
    check(sum === n * (n - 1) / 2, 'sum')
    const t2 = now()
    for (const off of offs) off()
    dispose(client)
    return { seconds, retained_bytes_per_query: bytes, teardown_s: now() - t2 }
  }, { minReps: 3, warmReps: 1 })
  return report('W4', '100k queries, one observer each', n, reps, ['retained_bytes_per_query', 'teardown_s'])
}

async function prefixCase(groups, observedBatches) {
  const per = 100
  const client = makeClient()
  let fetched = 1000
  const queryFn = ({ queryKey }) => { fetched++; return item(queryKey[2], fetched) }
  for (let g = 0; g < groups; g++) for (let i = 0; i < per; i++) client.setQueryData(['list', g, i], item(i, i))
  const step = groups / 10
  let success = 0
  if (observedBatches) {
    for (let j = 0; j < 10; j++) for (let i = 0; i < per; i++) {
      let last = i
      new QueryObserver(client, Q(['list', j * step, i], queryFn))
        .subscribe((r) => { if (!r.isFetching && r.data.value !== last) { last = r.data.value; success++ } })
    }
  }
  const isFresh = (g, i) => {
    const s = client.getQueryState(['list', g, i])
    return s.data !== undefined && !s.isInvalidated
  }
  return {
    async run() { // one timed batch of 10 group invalidations
      const f0 = fetched
      success = 0
      const t = now()
      for (let j = 0; j < 10; j++) {
        const p = client.invalidateQueries({ queryKey: ['list', j * step] })
        if (observedBatches) await p
      }
      const seconds = now() - t
      if (observedBatches) {
        check(fetched - f0 === 10 * per, 'refetches')
        check(success === 10 * per, 'deliveries ' + success)
      } else {
        for (let j = 0; j < 10; j++) for (let i = 0; i < per; i++) check(!isFresh(j * step, i), 'stale')
        if (groups > 10) for (let j = 0; j < 10; j++) check(isFresh(j * step + 1, 5), 'others fresh')
        for (let j = 0; j < 10; j++) for (let i = 0; i < per; i++) client.setQueryData(['list', j * step, i], item(i, i))
      }
      return seconds
    },
    end: () => dispose(client),
  }
}

W.W5a = async () => {
  const per = {}
  let at100k
  for (const groups of [10, 100, 1000]) {
    const c = await prefixCase(groups, false)
    const reps = await drive(async () => ({ seconds: await c.run() }), { minReps: 15, warmReps: 10, warmSeconds: 0.3, minSeconds: 0.5, maxReps: 60 })
    per[groups * 100] = median(reps.map((r) => r.seconds)) / 10
    at100k = reps
    c.end()
  }
  const r = report('W5a', 'invalidate 1 group of 100 in 100k (inactive)', 10, at100k)
  for (const k in per) r.extra['s_per_group_at_' + k] = per[k]
  r.extra.growth_exponent = Math.log(per[100000] / per[1000]) / Math.log(100)
  return r
}

W.W5b = async () => {
  const c = await prefixCase(1000, true)
  const reps = await drive(async () => ({ seconds: await c.run() }), { minReps: 10, warmReps: 5 })
  c.end()
  return report('W5b', 'invalidate 1 group of 100 in 100k (observed, refetched)', 10, reps)
}

function share(id, name, changed) {
  return async () => {
    const len = 10_000, sets = 20
    const list = (step) => {
      const a = new Array(len)
      for (let i = 0; i < len; i++) a[i] = item(i, i)
      if (changed) for (let t = 1; t <= step; t++) a[(t * 487) % len] = item((t * 487) % len, -t)
      return a
    }
    const reps = await drive(async () => {
      const client = makeClient()
      client.setQueryData(['big'], list(0))
      const o = new QueryObserver(client, Q(['big'], () => list(0)))
      o.subscribe(noop)
      const copies = []
      for (let s = 1; s <= sets; s++) copies.push(list(s))
      const seen = [client.getQueryData(['big'])]
      const t = now()
      for (let s = 0; s < sets; s++) { client.setQueryData(['big'], copies[s]); seen.push(client.getQueryData(['big'])) }
      const seconds = now() - t
      let kept = 0, sameList = 0
      for (let s = 1; s <= sets; s++) {
        if (seen[s] === seen[s - 1]) sameList++
        for (let i = 0; i < len; i++) if (seen[s][i] === seen[s - 1][i]) kept++
      }
      dispose(client)
      return { seconds, kept_refs: kept / sets, same_list: sameList / sets }
    })
    return report(id, name, sets, reps, ['kept_refs', 'same_list'])
  }
}
W.W6a = share('W6a', 'set a 10k list, one item changed', true)
W.W6b = share('W6b', 'set a 10k list, nothing changed', false)

W.W7 = async () => {
  async function once(n) {
    const client = makeClient()
    let fetches = 0, finish
    const queryFn = () => { fetches++; return new Promise((r) => (finish = r)) }
    let success = 0, sum = 0, resolve
    const all = new Promise((r) => (resolve = r))
    const on = (r) => { if (r.isSuccess && !r.isFetching) { sum += r.data.value; if (++success === n) resolve() } }
    const t = now()
    for (let i = 0; i < n; i++) {
      const o = new QueryObserver(client, Q(['item', 0], queryFn))
      o.subscribe(on)
    }
    const t1 = now()
    finish(item(0, 1))
    await all
    const t2 = now()
    check(fetches === 1, 'fetches ' + fetches)
    check(sum === n, 'sum')
    dispose(client)
    return { seconds: t2 - t, subscribe_s: t1 - t, deliver_s: t2 - t1, fetches }
  }
  const small = await drive(() => once(1000))
  const reps = await drive(() => once(10_000), { minReps: 3, warmReps: 1 })
  const r = report('W7', '10k subscribers join one fetch', 10_000, reps, ['subscribe_s', 'deliver_s', 'fetches'])
  r.extra.growth_exponent = Math.log(r.seconds / median(small.map((x) => x.seconds))) / Math.log(10)
  return r
}

function cycle(id, name, pending) {
  return async () => {
    const n = 50_000
    const reps = await drive(async () => {
      const client = makeClient()
      client.setQueryData(['item', 0], item(0, 0))
      const p = new Probe()
      let v = 0, finish
      const queryFn = pending
        ? () => new Promise((r) => (finish = r))
        : () => Promise.resolve(item(0, v))
      new QueryObserver(client, Q(['item', 0], queryFn)).subscribe(p.on)
      const t = now()
      for (v = 1; v <= n; v++) {
        const q = client.query({ queryKey: ['item', 0], queryFn, staleTime: 0 })
        if (pending) finish(item(0, v))
        await q
        if (p.last !== v) throw new Error('not delivered')
      }
      const seconds = now() - t
      check(p.success === n, 'success ' + p.success)
      check(!pending || p.fetching === n, 'fetching ' + p.fetching)
      dispose(client)
      return { seconds, states_per_op: p.count / n }
    })
    return report(id, name, n, reps, ['states_per_op'])
  }
}
W.W8a = cycle('W8a', 'refetch, completed fetcher, 1 observer', false)
W.W8b = cycle('W8b', 'refetch, pending fetcher, 1 observer', true)

function mutate(id, name, fail) {
  return async () => {
    const n = 20_000
    const error = new Error('rejected')
    const reps = await drive(async () => {
      const client = makeClient()
      const key = ['item', 0]
      client.setQueryData(key, item(0, -7))
      let optimistic = 0, sum = 0, last = 0
      new QueryObserver(client, Q(key, () => item(0, 0)))
        .subscribe((r) => { last = r.data.value; if (last >= 0) { optimistic++; sum += last } })
      const m = new MutationObserver(client, {
        mutationFn: fail ? () => Promise.reject(error) : (v) => Promise.resolve(item(0, v)),
        onMutate: async (v) => {
          await client.cancelQueries({ queryKey: key, exact: true })
          const previous = client.getQueryData(key)
          client.setQueryData(key, item(0, v))
          return { previous }
        },
        onError: (_e, _v, ctx) => { client.setQueryData(key, ctx.previous) },
        onSuccess: (data) => { client.setQueryData(key, data) },
      })
      m.subscribe(noop)
      const t = now()
      for (let v = 0; v < n; v++) {
        await m.mutate(v).catch(noop)
        if (last !== (fail ? -7 : v)) throw new Error('wrong end state')
      }
      const seconds = now() - t
      check(optimistic >= n, 'optimistic states ' + optimistic)
      check(sum >= n * (n - 1) / 2, 'sum')
      dispose(client)
      return { seconds, states_per_op: optimistic / n }
    })
    return report(id, name, n, reps)
  }
}
W.W9a = mutate('W9a', 'optimistic mutation, success', false)
W.W9b = mutate('W9b', 'optimistic mutation, rollback', true)

W.W10 = async () => {
  const page = (p) => Array.from({ length: 50 }, (_, i) => item(p * 50 + i, p))
  // Built beforehand: making the data is not the library's cost. A refetch gets equal copies.
  const pages = Array.from({ length: 1601 }, (_, p) => page(p))
  const copies = Array.from({ length: 201 }, (_, p) => page(p))
  async function once(n, feeds) {
    let source = pages
    const queryFn = ({ pageParam }) => source[pageParam]
    const made = []
    for (let f = 0; f < feeds; f++) {
      const client = makeClient()
      const o = new InfiniteQueryObserver(client, {
        ...Q(['feed'], queryFn), initialPageParam: 0, getNextPageParam: (_l, _a, p) => p + 1,
      })
      made.push({ client, o, states: 0 })
    }
    gc()
    const t = now()
    for (const m of made) {
      let first
      const ready = new Promise((r) => (first = r))
      m.o.subscribe((r) => { m.states++; if (r.isSuccess && !r.isFetching) first() })
      await ready
      for (let p = 1; p < n; p++) await m.o.fetchNextPage()
    }
    const seconds = now() - t
    for (const m of made) {
      const d = m.o.getCurrentResult().data
      check(d.pages.length === n && d.pages[n - 1][49].id === n * 50 - 1 && m.states >= n, 'pages')
    }
    let refetch_200_s = 0
    if (n === 200) {
      source = copies
      const t2 = now()
      for (const m of made) await m.o.refetch()
      refetch_200_s = (now() - t2) / feeds
    }
    for (const m of made) dispose(m.client)
    return { seconds, refetch_200_s }
  }
  const reps = await drive(() => once(200, 20))
  const big = await drive(() => once(1600, 2), { minReps: 3, warmReps: 1 })
  const r = report('W10', 'infinite query, append 200 pages', 20 * 200, reps, ['refetch_200_s'])
  r.extra.s_per_200_pages = r.seconds / 20
  r.extra.s_per_1600_pages = median(big.map((x) => x.seconds)) / 2
  r.extra.growth_exponent = Math.log(r.extra.s_per_1600_pages / r.extra.s_per_200_pages) / Math.log(8)
  return r
}

W.W11a = async () => {
  const n = 100_000
  const reps = await drive(async () => {
    const client = makeClient()
    let started = 0, cancelled = 0, finish, success = 0, value = -1, resolve
    const done = new Promise((r) => (resolve = r))
    const queryFn = ({ signal }) => new Promise((res, rej) => {
      started++
      finish = res
      signal.addEventListener('abort', () => { cancelled++; rej(signal.reason) })
    })
    const o = new QueryObserver(client, Q(['search', 0], queryFn))
    o.subscribe((r) => { if (r.isSuccess && !r.isFetching) { success++; value = r.data.value; resolve() } })
    const t = now()
    for (let p = 1; p <= n; p++) o.setOptions(Q(['search', p], queryFn))
    finish(item(n, n))
    await done
    const seconds = now() - t
    check(started === n + 1, 'started ' + started)
    check(success === 1 && value === n, 'only the last delivers')
    const left = client.getQueryCache().getAll().length
    await new Promise((r) => setTimeout(r, 1))
    check(cancelled === n, 'cancelled ' + cancelled)
    dispose(client)
    return { seconds, entries_left: left }
  }, { minReps: 3, warmReps: 1 })
  return report('W11a', 'switch 100k params, each fetch abandoned', n, reps, ['entries_left'])
}

W.W11b = async () => {
  const n = 100_000
  const reps = await drive(async () => {
    const client = makeClient()
    for (let i = 0; i < 16; i++) client.setQueryData(['search', i], item(i, i))
    let fetches = 0
    const queryFn = () => { fetches++; return item(0, 0) }
    const p = new Probe()
    const o = new QueryObserver(client, Q(['search', 0], queryFn))
    o.subscribe(p.on)
    const t = now()
    for (let k = 1; k <= n; k++) o.setOptions(Q(['search', k & 15], queryFn))
    const seconds = now() - t
    check(p.count >= n && p.last === (n & 15) && fetches === 0, 'deliveries ' + p.count)
    dispose(client)
    return { seconds }
  })
  return report('W11b', 'switch among 16 cached keys', n, reps)
}

W.W12 = async () => {
  const n = 100_000, gcTime = 1000
  const cpu = (u) => (u.user + u.system) / 1e6
  const reps = await drive(async () => {
    const client = new QueryClient()
    client.mount()
    const queryFn = ({ queryKey }) => item(queryKey[1], queryKey[1])
    const q = (i) => ({ queryKey: ['item', i], queryFn, staleTime: STALE, gcTime })
    let removed = 0
    client.getQueryCache().subscribe((e) => { if (e.type === 'removed') removed++ })
    gc()
    const offs = new Array(n)
    for (let i = 0; i < n; i++) offs[i] = new QueryObserver(client, q(i)).subscribe(noop)
    while (client.isFetching()) await new Promise((r) => setImmediate(r))
    gc()
    const c0 = process.cpuUsage()
    const t0 = now()
    for (let i = 0; i < n; i++) offs[i]()
    const t1 = now()
    const c1 = process.cpuUsage()
    const timers = process.getActiveResourcesInfo().filter((x) => x === 'Timeout').length
    const c2 = process.cpuUsage()
    while (removed < n) await new Promise((r) => setTimeout(r, 5))
    const t2 = now()
    const expire = cpu(process.cpuUsage(c2))
    dispose(client)
    const arm = c1.user + c1.system - c0.user - c0.system
    return { seconds: arm / 1e6 + expire, arm_cpu_s: arm / 1e6, expire_cpu_s: expire, timers, late_s: t2 - t1 - gcTime / 1000 }
  }, { minReps: 3, warmReps: 1, warmSeconds: 0, maxReps: 5 })
  return report('W12', '100k inactive queries expire (CPU s)', n, reps, ['arm_cpu_s', 'expire_cpu_s', 'timers', 'late_s'])
}

W.W14 = async () => {
  const observers = 1000, sets = 200, n = observers * sets
  const reps = await drive(async () => {
    const client = makeClient()
    client.setQueryData(['item', 0], item(0, 0))
    let deliveries = 0
    const select = (d) => d.name
    for (let i = 0; i < observers; i++)
      new QueryObserver(client, { ...Q(['item', 0], () => item(0, 0)), select, notifyOnChangeProps: ['data'] })
        .subscribe(() => { deliveries++ })
    const t = now()
    for (let v = 1; v <= sets; v++) client.setQueryData(['item', 0], item(0, v))
    const seconds = now() - t
    check(deliveries === 0, 'no delivery for an unchanged selection: ' + deliveries)
    client.setQueryData(['item', 0], { ...item(0, 0), name: 'other' })
    check(deliveries === observers, 'all deliver a changed selection: ' + deliveries)
    dispose(client)
    return { seconds }
  })
  return report('W14', 'select + suppress, 1000 observers', n, reps)
}

W.W15 = async () => {
  const n = 5000, q = 20
  const reps = await drive(async () => {
    const client = new QueryClient()
    client.mount()
    for (let i = 0; i < q; i++) client.setQueryData(['item', i], item(i, 0))
    let round = 0, cached = 0, fetches = 0
    const queryFn = ({ queryKey }) => { fetches++; return Promise.resolve(item(queryKey[1], round)) }
    const t = now()
    for (round = 1; round <= n; round++) {
      let done = 0, resolve
      const all = new Promise((r) => (resolve = r))
      const on = (r) => { if (!r.isFetching && r.data.value === round && ++done === q) resolve() }
      const offs = []
      for (let i = 0; i < q; i++) {
        const o = new QueryObserver(client, { queryKey: ['item', i], queryFn })
        offs.push(o.subscribe(on))
        if (o.getCurrentResult().data.value === round - 1) cached++
      }
      await all
      for (const off of offs) off()
    }
    const seconds = now() - t
    check(cached === n * q, 'cached first: ' + cached)
    check(fetches === n * q, 'fetches: ' + fetches)
    dispose(client)
    return { seconds }
  })
  return report('W15', 'open + close a screen of 20 stale queries', n, reps)
}

// ---------------------------------------------------------------- main
const only = opt('--only')?.split(',') ?? Object.keys(W)
if (has('--in-process')) {
  for (const id of only) {
    if (!W[id]) { console.log(JSON.stringify({ contender: 'tanstack', workload: id, skipped: true })); continue }
    console.log(JSON.stringify(await W[id]()))
  }
  process.exit(0)
} else {
  const me = fileURLToPath(import.meta.url)
  const pass = args.filter((a, i) => a !== '--only' && args[i - 1] !== '--only')
  for (const id of only) {
    const r = spawnSync(process.execPath, [me, '--in-process', '--only', id, ...pass], { stdio: ['ignore', 'inherit', 'inherit'] })
    if (r.status !== 0) console.log(JSON.stringify({ contender: 'tanstack', workload: id, error: 'exit ' + r.status }))
  }
}
