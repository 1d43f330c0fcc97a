using Qubes.Plugins.Qemu.Memory;

namespace Qubes.Plugins.Qemu.Cloning;

/// <summary>A memory template in the daemon's memory: checked, sealed, ready to be copied.</summary>
internal sealed record FrozenMachine(TemplateRecord Record, MemoryFile Memory, MemoryFile State, MemoryFile Stub) : IDisposable
{
    public void Dispose()
    {
        Memory.Dispose();
        State.Dispose();
        Stub.Dispose();
    }
}
