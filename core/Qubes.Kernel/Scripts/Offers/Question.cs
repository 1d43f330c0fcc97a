using Qubes.Sdk.Disposables;

namespace Qubes.Kernel.Scripts.Offers;

/// <summary>What a policy is asked about one template: the newest view counts.</summary>
internal sealed class Question(PreloadView first)
{
    private PreloadView newest = first;
    private PreloadView? taken;

    /// <summary>A view has come that was not decided about.</summary>
    public bool IsOpen => !ReferenceEquals(Volatile.Read(ref newest), Volatile.Read(ref taken));

    /// <summary>Replaces what was not taken yet.</summary>
    public void Renew(PreloadView view) => Volatile.Write(ref newest, view);

    /// <summary>What is to be decided about.</summary>
    public PreloadView Take()
    {
        var view = Volatile.Read(ref newest);
        Volatile.Write(ref taken, view);
        return view;
    }
}
