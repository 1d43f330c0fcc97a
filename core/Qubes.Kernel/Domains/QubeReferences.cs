using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Storage;

namespace Qubes.Kernel.Domains;

/// <summary>Who names whom (spec: domain model, sections 3.2 and 3.3).</summary>
internal static class QubeReferences
{
    private static readonly string[] PoolDefaults =
        ["default_pool", "default_pool_kernel", "default_pool_private", "default_pool_root", "default_pool_volatile"];

    private static readonly string[] AsDisposableTemplate = ["default_dispvm", "management_dispvm", "template"];

    /// <exception cref="QubeInUseException">Something would be left without the qube; the message says what.</exception>
    public static void RequireUnused(Qube qube, QubeRegistry qubes)
    {
        if (qube.Properties.Declares("installed_by_rpm") && qube.Properties.Get(new PropertyKey<bool>("installed_by_rpm")))
            throw new QubeInUseException($"'{qube.Name}' belongs to a package; remove the package instead");
        foreach (var declaration in qubes.System.Declared.Where(d => d.Type == PropertyType.Qube))
        {
            if (qubes.System.Get(new PropertyKey<IQube>(declaration.Name)) == qube)
                throw new QubeInUseException($"'{qube.Name}' is the system's {declaration.Name}; set that to another qube first");
        }
        foreach (var other in qubes.Machines.Append(qubes.AdminVm).Where(o => o != qube))
        {
            var property = other.Properties.Explicit.FirstOrDefault(p => p.Value == qube && !IsOwn(other, p.Key, qube)).Key;
            if (property is not null)
                throw new QubeInUseException($"'{qube.Name}' is the {property} of '{other.Name}'; change that first");
        }
    }

    /// <exception cref="QubeInUseException">A qube is based on this one.</exception>
    public static void RequireNoneBasedOn(Qube qube, QubeRegistry qubes)
    {
        if (qubes.Machines.FirstOrDefault(o => o.Template == qube) is { } other)
            throw new QubeInUseException($"'{qube.Name}' is the template of '{other.Name}'; remove that first");
    }

    /// <exception cref="QubeInUseException">The qube is in use as a disposable template.</exception>
    public static void RequireNoDisposables(Qube qube, QubeRegistry qubes)
    {
        foreach (var property in AsDisposableTemplate[..2])
        {
            if (qubes.System.Get(new PropertyKey<IQube>(property)) == qube)
                throw new QubeInUseException($"'{qube.Name}' is the system's {property}; set that to another qube first");
        }
        foreach (var other in qubes.Machines.Append(qubes.AdminVm).Where(o => o != qube && !o.IsNobodys))
        {
            var property = Array.Find(AsDisposableTemplate, p => other.Properties.Explicit.GetValueOrDefault(p) == qube);
            if (property is not null)
                throw new QubeInUseException($"'{qube.Name}' is the {property} of '{other.Name}'; change that first");
        }
    }

    /// <exception cref="QubeInUseException">A disposable of the qube runs, preloaded ones aside: those are replaced.</exception>
    public static void RequireNoRunningDisposables(Qube qube, QubeRegistry qubes)
    {
        var running = qubes.Machines.FirstOrDefault(q =>
            q.Class == QubeClass.DispVM && q.Template == qube && q.Lifecycle.IsRunning && !q.IsNobodys);
        if (running is not null)
            throw new QubeInUseException($"'{running.Name}' is based on '{qube.Name}' and runs; shut it down first");
    }

    /// <exception cref="PoolInUseException">A volume lives in the pool, or a system property names it.</exception>
    public static void RequireUnused(IStoragePool pool, QubeRegistry qubes)
    {
        var name = pool.Configuration.Name;
        if (qubes.Machines.SelectMany(q => q.Volumes).FirstOrDefault(v => v.Pool == pool) is { } volume)
            throw new PoolInUseException($"Pool '{name}' holds volume {volume}; remove its qube first");
        if (Array.Find(PoolDefaults, p => qubes.System.Get(new PropertyKey<string>(p)) == name) is { } property)
            throw new PoolInUseException($"Pool '{name}' is the system's {property}; set that to another pool first");
    }

    // Who has only preloads on it may go: they go with it (spec: domain model, section 3.3).
    private static bool IsOwn(Qube other, string property, Qube template) =>
        other.IsNobodys && (property == "template" || (other.Template == template && AsDisposableTemplate.Contains(property)));
}
