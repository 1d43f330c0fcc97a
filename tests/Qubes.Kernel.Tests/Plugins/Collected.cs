namespace Qubes.Kernel.Tests.Plugins;

/// <summary>Asserts that the garbage collector can take something.</summary>
internal static class Collected
{
    public static void Assert(WeakReference reference)
    {
        // A load context takes several rounds: finalizers of its parts run in between.
        for (var round = 0; reference.IsAlive && round < 20; round++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
        Xunit.Assert.False(reference.IsAlive, "something still holds it");
    }
}
