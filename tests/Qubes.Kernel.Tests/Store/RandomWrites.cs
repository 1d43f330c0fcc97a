using Qubes.Kernel.Store;

namespace Qubes.Kernel.Tests.Store;

/// <summary>Changes that follow from a number, so that a reader can work out what a writer in another process did.</summary>
internal static class RandomWrites
{
    /// <summary>Makes some changes of any kind, the same ones in each of the states.</summary>
    /// <param name="seed">Decides them, together with which qubes there are.</param>
    /// <param name="known">Says which qubes there are.</param>
    /// <param name="states">Where to make them.</param>
    public static void Apply(int seed, MemoryState known, params IStateWriter[] states)
    {
        var random = new Random(seed);
        for (var count = random.Next(1, 6); count > 0; count--)
        {
            var write = Choose(random, known);
            foreach (var state in states)
                write(state);
        }
    }

    private static Action<IStateWriter> Choose(Random random, MemoryState known)
    {
        var qid = random.Next(1, 9);
        var name = "n" + random.Next(6);
        var value = random.Next(4) == 0 ? "" : $"v{random.Next(1000)}";
        var kind = random.Next(22);
        if (!known.Has(qid) || kind == 0)
            return state => state.PutQube(new(qid, new Guid(qid, 0, 0, new byte[8]), name + value, "AppVM"));
        return kind switch
        {
            1 => state => state.DeleteQube(qid),
            < 5 => state => state.PutProperty(qid, name, value.Length == 0 ? null : value),
            5 => state => state.DeleteProperty(qid, name),
            < 9 => state => state.PutFeature(qid, name, value),
            9 => state => state.DeleteFeature(qid, name),
            10 => state => state.PutTag(qid, name),
            11 => state => state.DeleteTag(qid, name),
            12 => state => state.PutVolume(new(qid, name, value.Length, "pool", value, qid, true, false, true, null, null, value.Length == 0 ? null : 1, qid % 2 == 0 ? null : qid > 4)),
            13 => state => state.DeleteVolume(qid, name),
            14 => state => state.PutSystemProperty(name, value.Length == 0 ? null : value),
            15 => state => state.DeleteSystemProperty(name),
            16 => state => state.PutPool(new(name, "file", new Dictionary<string, string> { ["dir"] = value, [name] = "x" })),
            17 => state => state.DeletePool(name),
            18 => state => state.PutLabel(new(qid, name, value)),
            19 => state => state.PutDocument(qid, name, value),
            20 => state => state.DeleteDocument(qid, name),
            _ => state => state.PutSetting(name, value),
        };
    }
}
