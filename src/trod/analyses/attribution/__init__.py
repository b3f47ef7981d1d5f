"""Attribution: what customers met before they converted, and the credit it is given.

Credit is an association: it says who was there, not who did it. The same paths are read by
several methods, so that their disagreement can be seen.
"""
