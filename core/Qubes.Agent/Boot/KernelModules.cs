using Qubes.Agent.Native;

namespace Qubes.Agent.Boot;

/// <summary>Loads the kernel modules that the RAM disk brings.</summary>
internal static class KernelModules
{
    /// <summary>Loads the files that <c>order</c> in the directory names, one a line, in that order; failures are logged.</summary>
    public static void Load(string directory)
    {
        var order = Path.Combine(directory, "order");
        if (!File.Exists(order))
            return;
        foreach (var name in File.ReadAllLines(order).Where(line => line.Length > 0))
        {
            try
            {
                var file = Descriptors.Open(Path.Combine(directory, name), Descriptors.ReadOnly);
                try
                {
                    Libc.LoadModule(file);
                }
                finally
                {
                    Descriptors.Close(file);
                }
            }
            catch (SystemCallException e)
            {
                AgentLog.Write($"module {name}: {e.Message}");
            }
        }
    }
}
