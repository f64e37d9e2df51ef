using static ReactiveQuery.Benchmarks.Measure;

namespace ReactiveQuery.Benchmarks;

/// <content>W6: structural sharing.</content>
public static partial class Workloads
{
    private static Result? W6(Contender c, string id, string name, bool changed)
    {
        const int length = 10_000, sets = 20;
        using (var probe = c.Share()) if (probe is null) return null;
        return Report(c.Name, id, name, sets, Drive(() =>
        {
            using var fx = c.Share()!;
            fx.Set(List(0));
            var copies = Enumerable.Range(1, sets).Select(List).ToArray();
            var seen = new List<IReadOnlyList<Item>> { fx.Current };
            var deliveries = fx.Deliveries;
            var span = Span.Start();
            foreach (var copy in copies) { fx.Set(copy); seen.Add(fx.Current); }
            var rep = span.Stop();
            long kept = 0, same = 0;
            for (var s = 1; s <= sets; s++)
            {
                if (ReferenceEquals(seen[s], seen[s - 1])) same++;
                for (var i = 0; i < length; i++)
                {
                    if (ReferenceEquals(seen[s][i], seen[s - 1][i])) kept++;
                    Check(seen[s][i].Equals(copies[s - 1][i]), "content");
                }
            }
            rep.Extra["kept_refs"] = (double)kept / sets;
            rep.Extra["same_list"] = (double)same / sets;
            rep.Extra["deliveries_per_set"] = (double)(fx.Deliveries - deliveries) / sets;
            return rep;
        }));

        IReadOnlyList<Item> List(int step)
        {
            var list = new Item[length];
            for (var i = 0; i < length; i++) list[i] = Item.Of(i, i);
            if (changed) for (var t = 1; t <= step; t++) list[t * 487 % length] = Item.Of(t * 487 % length, -t);
            return list;
        }
    }
}
