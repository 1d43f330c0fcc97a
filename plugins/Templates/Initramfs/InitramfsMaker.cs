using Qubes.Plugins.Templates.Kernels;

namespace Qubes.Plugins.Templates.Initramfs;

/// <summary>
/// Makes a qube's initramfs: the agent as <c>/init</c>, the modules and their order, and a console for the agent's first
/// words. Not compressed: with 1.1 MB, gzip and none were measured equal (2.0–2.2 s to user space).
/// </summary>
internal static class InitramfsMaker
{
    public const string FileName = "initramfs";

    /// <summary>Of what this makes; part of the key.</summary>
    public const int Version = 1;

    private const UnixFileMode Readable = UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode Executable = Readable | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <param name="output">The archive.</param>
    /// <param name="agent">The agent's program.</param>
    /// <param name="modules">A directory with modules and <c>order</c>.</param>
    public static void Write(Stream output, string agent, string modules)
    {
        var archive = new CpioWriter(output);
        archive.AddDirectory("dev");
        archive.AddCharacterDevice("dev/console", 5, 1);
        archive.AddDirectory("modules");
        archive.AddFile("modules/" + KernelMaker.Order, Readable, File.ReadAllBytes(Path.Combine(modules, KernelMaker.Order)));
        foreach (var name in File.ReadAllLines(Path.Combine(modules, KernelMaker.Order)))
            archive.AddFile("modules/" + name, Readable, File.ReadAllBytes(Path.Combine(modules, name)));
        archive.AddFile("init", Executable, File.ReadAllBytes(agent));
        archive.Finish();
    }
}
