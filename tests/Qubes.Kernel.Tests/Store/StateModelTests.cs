using FsCheck;
using FsCheck.Fluent;

namespace Qubes.Kernel.Tests.Store;

public sealed class StateModelTests
{
    [Fact]
    public void Any_sequence_of_writes_is_read_again_as_it_is_in_memory()
    {
        var writes = ArbMap.Default.ArbFor<int>().Generator.Where(n => n >= 0).ListOf().ToArbitrary();
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(25), Prop.ForAll(writes, async seeds =>
        {
            using var directory = new StateDirectory();
            var memory = new MemoryState();
            await using (var store = directory.Open())
            {
                foreach (var seed in seeds)
                {
                    RandomWrites.Apply(seed, memory, memory, store);
                    if (seed % 3 == 0)
                        store.Commit();
                }
                store.Commit();
            }
            Assert.Equal(StateText.Of(memory.State), StateText.Of(await directory.ReloadAsync()));
        }));
    }
}
