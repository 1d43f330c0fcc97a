using System.Text;
using Qubes.Policy.Evaluation;
using Qubes.Policy.Knowledge;
using Qubes.Policy.Loading;

namespace Qubes.Policy.Tests;

/// <summary>A policy and qubes that are on no disk.</summary>
internal sealed class PolicyInMemory
{
    public static readonly PolicyDirectories Directories = new("/fixed", "/run", "/legacy");

    private readonly MemoryPolicyFiles files = new();

    public PolicyInMemory(params string[] lines)
    {
        files.AddDirectory("/run");
        With("/fixed/30-user.policy", lines);
    }

    public PolicyInMemory With(string path, params string[] lines)
    {
        files.Add(path, Encoding.UTF8.GetBytes(string.Join('\n', lines)));
        return this;
    }

    public PolicyInMemory With(string path, byte[] bytes)
    {
        files.Add(path, bytes);
        return this;
    }

    public LoadedPolicy Load() => PolicyLoader.Load(Directories, files);

    public PolicyLoadException Mistake() => Assert.Throws<PolicyLoadException>(() => Load());

    public PolicyDecision Decide(string source, string target, string service = "a.Svc", params SystemQube[] qubes) =>
        Load().Decide(new(source, service, target), new SystemInfo(qubes));

    public static SystemQube Qube(string name, string? dispvm = null, bool isTemplate = false, bool isInternal = false, string? gui = null) =>
        new(name, $"00000000-0000-4000-8000-{Convert.ToHexStringLower(Encoding.ASCII.GetBytes(name.PadRight(6)[..6]))}", "AppVM")
        {
            DefaultDispvm = dispvm,
            IsTemplateForDispvms = isTemplate,
            IsInternal = isInternal,
            GuiVm = gui,
        };
}
