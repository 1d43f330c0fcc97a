namespace Qubes.Kernel.Scripts.Running;

/// <summary>What a script's thread does in the daemon's own data: an abort of the thread waits for its end.</summary>
internal static class Unabortable
{
    public static void Do(Action work)
    {
        try
        {
        }
        finally
        {
            work();
        }
    }
}
